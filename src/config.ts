/** Bindings and settings of the Worker, parsed once per isolate. */
import type { R2Bucket } from "@cloudflare/workers-types";
import * as z from "zod";
import { AppError } from "./errors.ts";
import type { ImageLimits } from "./imaging/limits.ts";

/** The settings, `[vars]` in `wrangler.toml`; all have a default. */
export type Settings = {
  readonly MAX_IMAGE_BYTES?: string;
  readonly MAX_IMAGE_SIDE?: string;
  readonly MAX_IMAGE_PIXELS?: string;
  readonly MAX_WHOLE_IMAGE_PIXELS?: string;
  readonly MAX_IMAGE_FRAMES?: string;
  readonly MAX_DECODE_BYTES?: string;
  readonly IMAGE_DECODER?: string;
  readonly MODEL_MEMORY_BYTES?: string;
  readonly ALIASES_TTL_SECONDS?: string;
  readonly LABEL_MAP?: string;
};

/** The Worker's bindings and settings. */
export type Env = Settings & {
  /** Models, aliases and label maps. */
  readonly MODELS: R2Bucket;
};

/** What the Worker runs with. */
export type Config = {
  readonly imageLimits: ImageLimits;
  /** WebAssembly codecs, or the portable pure-JavaScript ones (JPEG and PNG only). */
  readonly imageDecoder: "wasm" | "js";
  /** Largest accepted request body in bytes: the largest image in Base64, and room for the query. */
  readonly maxBodyBytes: number;
  /** How many bytes of model files may be in sessions at once. */
  readonly modelMemoryBytes: number;
  /** How long `aliases.json` is trusted before it is read again. */
  readonly aliasesTtlMs: number;
  /** Name of a label map that applies to every model; undefined for none. */
  readonly labelMap: string | undefined;
};

const MIB = 1024 * 1024;
/** Room for a GraphQL document, its variables and the multipart framing around an image. */
const QUERY_ROOM_BYTES = 64 * 1024;

const count = (fallback: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

const settingsSchema = z.object({
  MAX_IMAGE_BYTES: count(10 * MIB, 50 * MIB),
  MAX_IMAGE_SIDE: count(65_535),
  MAX_IMAGE_PIXELS: count(100_000_000),
  MAX_WHOLE_IMAGE_PIXELS: count(25_000_000),
  MAX_IMAGE_FRAMES: count(10_000),
  MAX_DECODE_BYTES: count(60_000_000),
  IMAGE_DECODER: z.enum(["wasm", "js"]).default("wasm"),
  MODEL_MEMORY_BYTES: count(24 * MIB),
  ALIASES_TTL_SECONDS: z.coerce.number().min(0).default(30),
  LABEL_MAP: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "lower-case words joined by '-'")
    .optional(),
});

/**
 * Parses the environment.
 *
 * @throws AppError CONFIG_INVALID naming every setting that is wrong
 */
export function parseConfig(env: Settings): Config {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) {
    throw new AppError(
      "CONFIG_INVALID",
      `The Worker's settings are wrong:\n${z.prettifyError(parsed.error)}\nMend [vars] in wrangler.toml.`,
    );
  }
  const settings = parsed.data;
  return {
    imageLimits: {
      maxBytes: settings.MAX_IMAGE_BYTES,
      maxSide: settings.MAX_IMAGE_SIDE,
      maxPixels: settings.MAX_IMAGE_PIXELS,
      maxWholePixels: settings.MAX_WHOLE_IMAGE_PIXELS,
      maxFrames: settings.MAX_IMAGE_FRAMES,
      maxDecodeBytes: settings.MAX_DECODE_BYTES,
    },
    imageDecoder: settings.IMAGE_DECODER,
    maxBodyBytes: Math.ceil((settings.MAX_IMAGE_BYTES * 4) / 3) + QUERY_ROOM_BYTES,
    modelMemoryBytes: settings.MODEL_MEMORY_BYTES,
    aliasesTtlMs: settings.ALIASES_TTL_SECONDS * 1000,
    labelMap: settings.LABEL_MAP,
  };
}
