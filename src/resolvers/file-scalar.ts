import { GraphQLScalarType } from "graphql";
import { BadInputError } from "../errors.ts";

/** `scalar File`: a part of a multipart request (`Blob`), or the body of `POST /classify` (`Uint8Array`). */
export const File = new GraphQLScalarType<Blob | Uint8Array, never>({
  name: "File",
  parseValue(value) {
    if (value instanceof Blob || value instanceof Uint8Array) return value;
    throw new BadInputError(
      "image.upload",
      "image.upload is not a file. Send a multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec) whose map assigns a file to this variable, or use image.base64.",
    );
  },
  parseLiteral() {
    throw new BadInputError(
      "image.upload",
      "image.upload is a literal in the query, but must be a variable. Send the file in a multipart request, or use image.base64.",
    );
  },
});
