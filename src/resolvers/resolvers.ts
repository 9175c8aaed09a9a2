import type { Resolvers } from "../schema/generated/resolvers-types.ts";
import { Classification, ImageProblem, Prediction } from "./classification.ts";
import { classify } from "./classify.ts";
import { ClassifyResult, classifyMany } from "./classify-many.ts";
import { File } from "./file-scalar.ts";
import { ImageInfo } from "./image-info.ts";
import { inspectImage } from "./inspect-image.ts";
import { labels } from "./labels.ts";
import { models } from "./models.ts";
import { Ancestor, Answer, Label, ModelVersion } from "./object-types.ts";

/** The resolver map of the whole contract. */
export const resolvers: Resolvers = {
  Query: { classify, classifyMany, inspectImage, models, labels },
  File,
  Ancestor,
  Answer,
  Classification,
  ClassifyResult,
  ImageInfo,
  ImageProblem,
  Label,
  ModelVersion,
  Prediction,
};
