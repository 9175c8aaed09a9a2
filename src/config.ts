/** The bindings and settings of the Worker, parsed once per isolate. */
import type { AnalyticsEngineDataset, R2Bucket, RateLimit } from "@cloudflare/workers-types";
import * as z from "zod";
import { AppError } from "./errors.ts";
import { DEFAULT_IMAGE_LIMITS } from "./imaging/limits.ts";
import {
  ENGINE_NAMES,
  ENGINE_SETTINGS,
  ENGINES,
  type EngineSetting,
  type EngineStarters,
} from "./inference/engines/engine.ts";
import { DEFAULT_MEMORY_LIMITS } from "./models/memory-budget.ts";
import { hostOf } from "./sources/fetch-image.ts";

const MIB = 1024 * 1024;
/** What the application takes at rest, without ONNX Runtime's heap (`npm run bench:memory`). */
const BASE_BYTES = 15_000_000;
/** Memory for what callers send, of which many wait at the same time. */
const MIN_INPUT_BYTES = 32_000_000;
/** Space for a GraphQL document, its variables and the multipart framing around an image. */
const QUERY_ROOM_BYTES = 64 * 1024;

/** A number in digits. An empty setting is not 0, but a mistake. */
const number = z
  .union([z.number(), z.string().regex(/^\s*\d+(?:\.\d+)?\s*$/, "a number in digits")])
  .transform(Number);

const count = (fallback: number, max = Number.MAX_SAFE_INTEGER) =>
  number.pipe(z.number().int().min(1).max(max)).default(fallback);

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A list separated by commas or whitespace. */
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((item) => item !== ""));

/** Converts each item of a list to the one spelling that is compared; refuses those without one. */
const listOf = (normalize: (item: string) => string | undefined, expected: string) =>
  list.transform((items, context) => {
    const normal: string[] = [];
    for (const item of items) {
      const value = normalize(item);
      if (value === undefined) {
        context.addIssue({ code: "custom", message: `"${item}" is not ${expected}` });
      } else normal.push(value);
    }
    return normal;
  });

const hosts = listOf(normalizeHost, "a host such as images.example.com or images.example.com:8080");

const origins = listOf(
  normalizeOrigin,
  "an origin such as https://www.example.com, without a path, or * for every origin",
).transform((items) => (items.includes("*") ? undefined : items));

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

/** Returns a host in lower case, without a default port; undefined if it is more or less than a host. */
function normalizeHost(text: string): string | undefined {
  if (!/^[^/?#@\\*]+$/.test(text) || !URL.canParse(`https://${text}`)) return undefined;
  const url = new URL(`https://${text}`);
  const isDefaultPort = url.port === "" || url.port === "80";
  return hostOf(isDefaultPort ? new URL(`https://${url.hostname}`) : url);
}

/** Returns an origin in the spelling of browsers; undefined if it is more or less than an origin. */
function normalizeOrigin(text: string): string | undefined {
  if (text === "*") return text;
  if (!/^https?:\/\/[^*]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, search, hash, username } = new URL(text);
  return pathname === "/" && `${search}${hash}${username}` === "" ? origin : undefined;
}

/** The settings, from `[vars]` in `wrangler.toml`. All are optional. */
const settings = {
  MAX_IMAGE_BYTES: count(DEFAULT_IMAGE_LIMITS.maxBytes, 50 * MIB),
  MAX_IMAGE_SIDE: count(DEFAULT_IMAGE_LIMITS.maxSide),
  MAX_IMAGE_PIXELS: count(DEFAULT_IMAGE_LIMITS.maxPixels),
  MAX_WHOLE_IMAGE_PIXELS: count(DEFAULT_IMAGE_LIMITS.maxWholePixels),
  MAX_IMAGE_FRAMES: count(DEFAULT_IMAGE_LIMITS.maxFrames),
  MAX_DECODE_BYTES: count(DEFAULT_IMAGE_LIMITS.maxDecodeBytes),
  MAX_DECODE_MS: count(DEFAULT_IMAGE_LIMITS.maxDecodeMs),
  /** WebAssembly codecs, or the portable pure-JavaScript ones (JPEG and PNG only). */
  IMAGE_DECODER: z.enum(["wasm", "js"]).default("wasm"),
  /** The engine that runs networks; "auto" takes the fastest one that can run a model. */
  ENGINE: z.enum(ENGINE_SETTINGS).default("auto"),
  /** Maximum total bytes of the model files in the memory of an engine. */
  MODEL_MEMORY_BYTES: count(DEFAULT_MEMORY_LIMITS.modelBytes),
  /** Maximum size of the heap of an engine, in bytes. */
  MODEL_HEAP_BYTES: count(DEFAULT_MEMORY_LIMITS.heapBytes),
  /** Memory of an isolate for everything that grows with load, in bytes. */
  MEMORY_BYTES: count(110_000_000),
  /** How long `aliases.json` and `purges.json` are cached. */
  ALIASES_TTL_SECONDS: number.pipe(z.number().min(0)).default(30),
  /** Name of a label map that applies to every model. */
  LABEL_MAP: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "lower-case words joined by '-'")
    .optional(),
  /** The hosts that images may be fetched from: if absent, every public host; if empty, none. */
  URL_ALLOWED_HOSTS: hosts.optional(),
  /** Maximum number of images that wait for their turn. */
  QUEUE_LENGTH: count(32, 1000),
  /** Maximum number of passes per request. */
  MAX_PASSES: count(16, 1000),
  /** Maximum estimated CPU time of everything that a request asks for, in milliseconds. */
  MAX_WORK_MS: count(3600),
  /** How long results are cached; 0 disables the cache. */
  RESULT_CACHE_SECONDS: number.pipe(z.number().int().min(0)).default(86_400),
  /** "hardened" for the public, "open" (GraphiQL, introspection, metrics) for development. */
  PROFILE: z.enum(["hardened", "open"]).default("hardened"),
  /** The origins whose pages may read responses; if absent or "*", every origin. */
  CORS_ORIGINS: origins.optional(),
  REQUIRE_API_KEY: flag.default(false),
  LOG_REQUESTS: flag.default(true),
  /** A secret: hexadecimal SHA-256 digests of the API keys, by key name. */
  API_KEYS: apiKeysSchema.default({}),
};

/** The unparsed settings, as text. */
export type Settings = { readonly [Name in keyof typeof settings]?: string };

/** The bindings and unparsed settings of the Worker. */
export type Env = Settings & {
  /** Models, aliases and label maps. */
  readonly MODELS: R2Bucket;
  /** Images that callers can refer to by key. */
  readonly IMAGES?: R2Bucket;
  /** Limits the requests per API key. */
  readonly KEY_RATE_LIMITER?: RateLimit;
  /** Limits the requests without an API key, per IP address. */
  readonly IP_RATE_LIMITER?: RateLimit;
  /** Receives one data point per request. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
};

const configSchema = z.object(settings).transform((values) => ({
  imageLimits: {
    maxBytes: values.MAX_IMAGE_BYTES,
    maxSide: values.MAX_IMAGE_SIDE,
    maxPixels: values.MAX_IMAGE_PIXELS,
    maxWholePixels: values.MAX_WHOLE_IMAGE_PIXELS,
    maxFrames: values.MAX_IMAGE_FRAMES,
    maxDecodeBytes: values.MAX_DECODE_BYTES,
    maxDecodeMs: values.MAX_DECODE_MS,
  },
  imageDecoder: values.IMAGE_DECODER,
  engine: values.ENGINE,
  /** Largest accepted request body in bytes: the largest image in Base64, plus space for the query. */
  maxBodyBytes: Math.ceil((values.MAX_IMAGE_BYTES * 4) / 3) + QUERY_ROOM_BYTES,
  memory: {
    capacityBytes: values.MEMORY_BYTES,
    baseBytes: BASE_BYTES,
    // An image in Base64 takes its text and its bytes.
    inputBytes: Math.max(
      MIN_INPUT_BYTES,
      Math.ceil((values.MAX_IMAGE_BYTES * 7) / 3) + QUERY_ROOM_BYTES,
    ),
  },
  modelLimits: { modelBytes: values.MODEL_MEMORY_BYTES, heapBytes: values.MODEL_HEAP_BYTES },
  aliasesTtlMs: values.ALIASES_TTL_SECONDS * 1000,
  labelMap: values.LABEL_MAP,
  urlAllowedHosts: values.URL_ALLOWED_HOSTS,
  queueLength: values.QUEUE_LENGTH,
  requestLimits: { maxPasses: values.MAX_PASSES, maxWorkMs: values.MAX_WORK_MS },
  resultCacheSeconds: values.RESULT_CACHE_SECONDS,
  profile: values.PROFILE,
  corsOrigins: values.CORS_ORIGINS,
  apiKeys: values.API_KEYS,
  requireApiKey: values.REQUIRE_API_KEY,
  logRequests: values.LOG_REQUESTS,
}));

export type Config = z.infer<typeof configSchema>;

/** How much the API reveals about itself. */
export type Profile = Config["profile"];

/**
 * Parses the environment.
 *
 * @throws AppError CONFIG_INVALID listing every invalid setting
 */
export function parseConfig(env: Settings): Config {
  const parsed = configSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new AppError(
    "CONFIG_INVALID",
    `The Worker has invalid settings:\n${z.prettifyError(parsed.error)}\nCorrect them in [vars] in wrangler.toml.`,
  );
}

/**
 * Checks that the build has the engine that `ENGINE` asks for.
 *
 * @throws AppError CONFIG_INVALID
 */
export function requireEngine(setting: EngineSetting, starters: EngineStarters): void {
  // "auto" needs the engine that runs every model.
  const needed = setting === "auto" ? "onnxruntime" : setting;
  if (starters[needed]) return;
  const names = ENGINE_NAMES.filter((name) => starters[name]);
  const usable = starters.onnxruntime ? ["auto", ...names] : names;
  throw new AppError(
    "CONFIG_INVALID",
    `ENGINE is "${setting}", but this build does not have ${ENGINES[needed].title}. Set ENGINE to "${usable.join('" or "')}" in [vars] in wrangler.toml, or deploy with both engines: npm run deploy.`,
  );
}
