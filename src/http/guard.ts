/** Authenticates callers and applies rate limits. */
import type { RateLimit, SubtleCrypto } from "@cloudflare/workers-types";
import { AppError } from "../errors.ts";
import type { Log } from "../log.ts";
import { sha256Hex } from "../sha256.ts";
import { USER_AGENT } from "../sources/fetch-image.ts";
import { clientAddress } from "./client-address.ts";

// biome-ignore lint/plugin: the types of browsers hide that workerd has timingSafeEqual
const subtle = crypto.subtle as unknown as SubtleCrypto;

export type GuardOptions = {
  /** Hexadecimal SHA-256 digests, by key name. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly requireApiKey: boolean;
  readonly keyRateLimiter: RateLimit | undefined;
  readonly ipRateLimiter: RateLimit | undefined;
  readonly log: Log;
};

/**
 * Authenticates a request and applies rate limits.
 *
 * @returns the name of the API key; undefined if the request has none
 * @throws AppError UNAUTHENTICATED, RATE_LIMITED
 */
export async function admit(request: Request, options: GuardOptions): Promise<string | undefined> {
  let keyName: string | undefined;
  try {
    keyName = await authenticate(request, options);
  } catch (error) {
    // Otherwise an address could try any number of keys.
    await limitAddress(request, options);
    throw error;
  }
  if (keyName === undefined) await limitAddress(request, options);
  else
    await requireWithin(options.keyRateLimiter, keyName, `The API key "${keyName}"`, options.log);
  return keyName;
}

/**
 * Counts a request against its address, whatever its API key.
 *
 * @throws AppError RATE_LIMITED
 */
export function limitAddress(
  { headers }: Request,
  { ipRateLimiter, log }: GuardOptions,
): Promise<void> {
  return requireWithin(ipRateLimiter, clientAddress(headers), "This address", log);
}

async function requireWithin(
  limiter: RateLimit | undefined,
  key: string,
  who: string,
  log: Log,
): Promise<void> {
  if (!limiter || (await isWithin(limiter, key, log))) return;
  throw new AppError(
    "RATE_LIMITED",
    `${who} has reached its rate limit. Try again after the number of seconds in Retry-After.`,
  );
}

/** If the limiter fails, requests pass: it must not take the service down. */
async function isWithin(limiter: RateLimit, key: string, log: Log): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log("warn", "rate-limiter-failed", { reason });
    return true;
  }
}

async function authenticate(
  request: Request,
  { apiKeys, requireApiKey }: GuardOptions,
): Promise<string | undefined> {
  const authorization = request.headers.get("authorization");
  if (authorization === null) {
    if (!requireApiKey) return undefined;
    throw unauthenticated("The request has no API key.");
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated("The Authorization header is not a Bearer token.");
  const encode = (text: string) => new TextEncoder().encode(text);
  const digest = encode(await sha256Hex(encode(token)));
  // Every digest is compared completely, so that the time reveals nothing.
  let found: string | undefined;
  for (const [name, hex] of Object.entries(apiKeys)) {
    if (subtle.timingSafeEqual(digest, encode(hex))) found = name;
  }
  if (found === undefined) throw unauthenticated("The API key is unknown.");
  return found;
}

/**
 * Rejects requests that the service made itself to fetch an image. Otherwise a request for an image could multiply,
 * under any name that leads to the service.
 *
 * @throws AppError REQUEST_FORBIDDEN
 */
export function rejectOwn({ headers }: Request): void {
  if (headers.get("user-agent") !== USER_AGENT) return;
  throw new AppError(
    "REQUEST_FORBIDDEN",
    `The request was made by this service itself, as its User-Agent "${USER_AGENT}" says. Use the URL of an image on another host, and another User-Agent for other clients.`,
  );
}

function unauthenticated(reason: string): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    `${reason} Send a valid API key as "Authorization: Bearer KEY".`,
  );
}
