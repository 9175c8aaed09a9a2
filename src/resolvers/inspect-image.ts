import { inspectImage as inspect } from "../imaging/inspect-image.ts";
import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";
import { readImageInput } from "./image-input.ts";

/** `Query.inspectImage` */
export const inspectImage: NonNullable<QueryResolvers["inspectImage"]> = async (
  _root,
  { image },
  { services },
) => {
  const bytes = await readImageInput(image, services.imageLimits.maxBytes);
  return { header: inspect(bytes), bytes };
};
