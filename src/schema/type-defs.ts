import { classificationSdl } from "./sdl/classification.ts";
import { imageSdl } from "./sdl/image.ts";
import { labelSdl } from "./sdl/label.ts";
import { modelSdl } from "./sdl/model.ts";
import { querySdl } from "./sdl/query.ts";

/** The whole GraphQL schema. `npm run schema` prints it to `schema.graphql`. */
export const typeDefs: readonly string[] = [
  querySdl,
  imageSdl,
  classificationSdl,
  modelSdl,
  labelSdl,
];
