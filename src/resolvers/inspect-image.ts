import { inspectImage as inspect } from "../imaging/inspect-image.ts";
import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";
import { readImageInput } from "../sources/read-image-input.ts";

/** `Query.inspectImage` */
export const inspectImage: NonNullable<QueryResolvers["inspectImage"]> = async (
  _root,
  { image },
  { sources },
) => {
  const bytes = await readImageInput(image, sources);
  return { header: inspect(bytes), bytes };
};
