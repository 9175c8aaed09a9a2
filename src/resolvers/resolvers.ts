import type { Resolvers } from "../schema/generated/resolvers-types.ts";
import { classify } from "./classify.ts";
import { File } from "./file-scalar.ts";
import { ImageInfo } from "./image-info.ts";
import { inspectImage } from "./inspect-image.ts";
import { labels } from "./labels.ts";
import { models } from "./models.ts";
import { Answer, Label, ModelVersion, Prediction } from "./object-types.ts";

/** The resolver map of the whole contract. */
export const resolvers: Resolvers = {
  Query: { classify, inspectImage, models, labels },
  File,
  Answer,
  ImageInfo,
  Label,
  ModelVersion,
  Prediction,
};
