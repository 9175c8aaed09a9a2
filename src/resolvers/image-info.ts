import { AppError } from "../errors.ts";
import type { ImageInfoResolvers } from "../schema/generated/resolvers-types.ts";
import type { ResolverContext } from "./context.ts";
import type { ImageInfoParent } from "./parents.ts";

/**
 * The shorter side that the estimate assumes, in pixels: the usual size of ImageNet preprocessing. The
 * model is not known here.
 */
const ASSUMED_SHORTER_SIDE = 256;

export const ImageInfo: ImageInfoResolvers = {
  format: ({ header }) => header.format,
  width: ({ header }) => header.width,
  height: ({ header }) => header.height,
  frames: ({ header }) => header.frames,
  orientation: ({ header }) => header.orientation,
  bytes: ({ byteLength }) => byteLength,
  sha256: ({ sha256 }) => (typeof sha256 === "string" ? sha256 : sha256()),
  decodable: (info, _args, context) => findProblem(info, context) === undefined,
  problem: (info, _args, context) => findProblem(info, context) ?? null,
  estimatedDecodeBytes: ({ header, byteLength }, _args, { decoder }) =>
    decoder.estimateBytes(header, byteLength, ASSUMED_SHORTER_SIDE),
};

function findProblem(
  { header, byteLength }: ImageInfoParent,
  { decoder, imageLimits }: ResolverContext,
): string | undefined {
  try {
    decoder.check(header, byteLength, {
      limits: imageLimits,
      minShorterSide: ASSUMED_SHORTER_SIDE,
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
