import type { Resolvers } from "../schema/generated/resolvers-types.ts";
import { Classification, ImageProblem, Prediction } from "./classification.ts";
import { File } from "./file-scalar.ts";
import { ImageInfo } from "./image-info.ts";
import { Ancestor, Answer, Label, ModelVersion } from "./object-types.ts";
import { ClassifyResult, Query } from "./query.ts";

export const resolvers: Resolvers = {
  Query,
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
