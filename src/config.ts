/** Bindings and settings of the Worker, parsed once per isolate. */
import type { AnalyticsEngineDataset, R2Bucket, RateLimit } from "@cloudflare/workers-types";
import * as z from "zod";
import { AppError } from "./errors.ts";
import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from "./imaging/limits.ts";
import type { MemoryLimits } from "./models/memory-budget.ts";

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
  readonly MODEL_HEAP_BYTES?: string;
  readonly ALIASES_TTL_SECONDS?: string;
  readonly LABEL_MAP?: string;
  readonly URL_ALLOWED_HOSTS?: string;
  readonly QUEUE_LENGTH?: string;
  readonly MAX_PASSES?: string;
  readonly RESULT_CACHE_SECONDS?: string;
  readonly PROFILE?: string;
  readonly CORS_ORIGINS?: string;
  readonly REQUIRE_API_KEY?: string;
  readonly LOG_REQUESTS?: string;
  /** A secret: digests of API keys. */
  readonly API_KEYS?: string;
};

/** The Worker's bindings and settings. */
export type Env = Settings & {
  /** Models, aliases and label maps. */
  readonly MODELS: R2Bucket;
  /** Images that callers may name by key. */
  readonly IMAGES?: R2Bucket;
  /** Limits the requests of each API key. */
  readonly KEY_RATE_LIMITER?: RateLimit;
  /** Limits the requests without a key, by address. */
  readonly IP_RATE_LIMITER?: RateLimit;
  /** Receives a data point for each request. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
};

/** What the Worker runs with. */
export type Config = {
  readonly imageLimits: ImageLimits;
  /** WebAssembly codecs, or the portable pure-JavaScript ones (JPEG and PNG only). */
  readonly imageDecoder: "wasm" | "js";
  /** Largest accepted request body in bytes: the largest image in Base64, and room for the query. */
  readonly maxBodyBytes: number;
  /** For models in memory. */
  readonly modelLimits: MemoryLimits;
  /** How long `aliases.json` is trusted before it is read again. */
  readonly aliasesTtlMs: number;
  /** Name of a label map that applies to every model; undefined for none. */
  readonly labelMap: string | undefined;
  /** The hosts that images may be fetched from; undefined for every public one, empty for none. */
  readonly urlAllowedHosts: readonly string[] | undefined;
  /** How many images may wait for their turn. */
  readonly queueLength: number;
  /** How many passes through a network one request may ask for. */
  readonly maxPasses: number;
  /** How long results are remembered; 0 for not at all. */
  readonly resultCacheSeconds: number;
  /** "hardened" for the public, "open" (GraphiQL, introspection, metrics) for development. */
  readonly profile: Profile;
  /** The origins whose pages may read answers; undefined for every one. */
  readonly corsOrigins: readonly string[] | undefined;
  /** SHA-256 digests of the API keys in hexadecimal, by the keys' names. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly requireApiKey: boolean;
  readonly logRequests: boolean;
};

/** How much the API shows of itself. */
export type Profile = "hardened" | "open";

const MIB = 1024 * 1024;
/** Room for a GraphQL document, its variables and the multipart framing around an image. */
const QUERY_ROOM_BYTES = 64 * 1024;

const count = (fallback: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A list separated by commas or white space. */
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((item) => item !== ""));

const apiKeysSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "must be a JSON object" });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string().regex(/^[\w.-]{1,64}$/, "a name of letters, digits, '-', '_' and '.'"),
      z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in 64 lower-case hexadecimal digits"),
    ),
  );

const settingsSchema = z.object({
  MAX_IMAGE_BYTES: count(DEFAULT_IMAGE_LIMITS.maxBytes, 50 * MIB),
  MAX_IMAGE_SIDE: count(DEFAULT_IMAGE_LIMITS.maxSide),
  MAX_IMAGE_PIXELS: count(DEFAULT_IMAGE_LIMITS.maxPixels),
  MAX_WHOLE_IMAGE_PIXELS: count(DEFAULT_IMAGE_LIMITS.maxWholePixels),
  MAX_IMAGE_FRAMES: count(DEFAULT_IMAGE_LIMITS.maxFrames),
  MAX_DECODE_BYTES: count(DEFAULT_IMAGE_LIMITS.maxDecodeBytes),
  IMAGE_DECODER: z.enum(["wasm", "js"]).default("wasm"),
  MODEL_MEMORY_BYTES: count(24 * MIB),
  MODEL_HEAP_BYTES: count(80_000_000),
  ALIASES_TTL_SECONDS: z.coerce.number().min(0).default(30),
  LABEL_MAP: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "lower-case words joined by '-'")
    .optional(),
  URL_ALLOWED_HOSTS: list.optional(),
  QUEUE_LENGTH: count(32, 1000),
  MAX_PASSES: count(16, 1000),
  RESULT_CACHE_SECONDS: z.coerce.number().int().min(0).default(86_400),
  PROFILE: z.enum(["hardened", "open"]).default("hardened"),
  CORS_ORIGINS: list.optional(),
  REQUIRE_API_KEY: flag.default(false),
  LOG_REQUESTS: flag.default(true),
  API_KEYS: apiKeysSchema.default({}),
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
    modelLimits: { modelBytes: settings.MODEL_MEMORY_BYTES, heapBytes: settings.MODEL_HEAP_BYTES },
    aliasesTtlMs: settings.ALIASES_TTL_SECONDS * 1000,
    labelMap: settings.LABEL_MAP,
    urlAllowedHosts: settings.URL_ALLOWED_HOSTS,
    queueLength: settings.QUEUE_LENGTH,
    maxPasses: settings.MAX_PASSES,
    resultCacheSeconds: settings.RESULT_CACHE_SECONDS,
    profile: settings.PROFILE,
    corsOrigins: settings.CORS_ORIGINS,
    apiKeys: settings.API_KEYS,
    requireApiKey: settings.REQUIRE_API_KEY,
    logRequests: settings.LOG_REQUESTS,
  };
}
