import { AppError } from "../errors.ts";
import type { ImageInfoResolvers } from "../schema/generated/resolvers-types.ts";
import { sha256Hex } from "../sha256.ts";
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
  bytes: ({ bytes }) => bytes.byteLength,
  sha256: ({ bytes, sha256 }) => sha256 ?? sha256Hex(bytes),
  decodable: (info, _args, context) => findProblem(info, context) === undefined,
  problem: (info, _args, context) => findProblem(info, context) ?? null,
  estimatedDecodeBytes: ({ header, bytes }, _args, { decoder }) =>
    decoder.estimateBytes(header, bytes.byteLength, ASSUMED_SHORTER_SIDE),
};

function findProblem(
  { header, bytes }: ImageInfoParent,
  { decoder, imageLimits }: ResolverContext,
): string | undefined {
  try {
    decoder.check(header, bytes.byteLength, {
      limits: imageLimits,
      minShorterSide: ASSUMED_SHORTER_SIDE,
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
