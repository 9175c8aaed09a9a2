/** Fetches an image from a URL that a caller gave, which cannot be trusted. */
import { AppError } from "../errors.ts";
import { findForbidden, withoutTrailingDot } from "./forbid-host.ts";
import { type ReserveBytes, StreamTooLongError } from "./growing-buffer.ts";
import { readStream } from "./read-stream.ts";

export type FetchRules = {
  readonly maxBytes: number;
  /**
   * The allowed hosts, as `host` or `host:port`, whatever their address. If undefined, every public host;
   * if empty, none.
   */
  readonly allowedHosts: readonly string[] | undefined;
  /**
   * The host of the request, which is the Worker itself and so forbidden: a request could otherwise multiply. Under
   * its other names, the Worker recognises its own requests by {@link USER_AGENT}.
   */
  readonly ownHost: string;
};

/** Identifies the service to image servers, and to itself. */
export const USER_AGENT = "resnet-edge";

const MAX_REDIRECTS = 3;
/** Longer ones are refused by most servers. */
const MAX_URL_LENGTH = 8192;
/** For redirects, headers and body together. */
const TIMEOUT_MS = 5000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches at most `maxBytes` from a URL. Sends no cookie, credential or referrer. Every redirect is checked
 * like the first URL.
 *
 * @param reserve - called before bytes are kept; throws if there is no memory for them
 * @throws AppError IMAGE_URL_FORBIDDEN, IMAGE_SOURCE_DISABLED, IMAGE_UNREACHABLE, IMAGE_TOO_LARGE
 */
export async function fetchImage(
  text: string,
  rules: FetchRules,
  reserve: ReserveBytes,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = parse(text, undefined);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    requireAllowed(url, rules);
    const response = await request(url, signal);
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return readImage(response, url, rules.maxBytes, signal, reserve);
    await response.body?.cancel();
    url = parse(location, url);
  }
  throw unreachable(url, `it is redirected more than ${MAX_REDIRECTS} times`);
}

function parse(text: string, base: URL | undefined): URL {
  if (text.length <= MAX_URL_LENGTH && URL.canParse(text, base)) return new URL(text, base);
  throw new AppError(
    "IMAGE_URL_FORBIDDEN",
    `"${text.slice(0, 200)}" is not a URL, or has more than ${MAX_URL_LENGTH} characters. Use an absolute URL that begins with https://.`,
    { details: { argument: "image.url" } },
  );
}

function requireAllowed(url: URL, { allowedHosts, ownHost }: FetchRules): void {
  if (allowedHosts?.length === 0) {
    throw new AppError(
      "IMAGE_SOURCE_DISABLED",
      "This service does not fetch images by URL. Send the image itself, as image.upload or image.base64.",
    );
  }
  const reason =
    hostOf(url) === ownHost
      ? "it is this service's own host"
      : allowedHosts
        ? findUnlisted(url, allowedHosts)
        : findForbidden(url);
  if (reason === undefined) return;
  throw new AppError(
    "IMAGE_URL_FORBIDDEN",
    `The image was not fetched from ${url.host}: ${reason}. Use a public https:// URL, or send the image itself.`,
    { details: { argument: "image.url", host: url.host } },
  );
}

function findUnlisted(url: URL, allowedHosts: readonly string[]): string | undefined {
  if (!/^https?:$/.test(url.protocol)) return findForbidden(url);
  if (url.username !== "" || url.password !== "") return findForbidden(url);
  return allowedHosts.includes(hostOf(url)) ? undefined : "it is not an allowed host";
}

/** The host and port of a URL, in the one spelling in which hosts are compared. */
export function hostOf({ hostname, port }: URL): string {
  return `${withoutTrailingDot(hostname)}${port === "" ? "" : `:${port}`}`;
}

async function request(url: URL, signal: AbortSignal): Promise<Response> {
  const headers = { accept: "image/*", "user-agent": USER_AGENT };
  try {
    return await fetch(url, { headers, redirect: "manual", signal });
  } catch (cause) {
    throw failed(url, cause);
  }
}

async function readImage(
  response: Response,
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
  reserve: ReserveBytes,
): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel();
    throw unreachable(url, `the server answered ${response.status}`);
  }
  try {
    return await readStream(response.body, signal, { maxBytes, reserve });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (!(cause instanceof StreamTooLongError)) throw failed(url, cause);
    throw new AppError(
      "IMAGE_TOO_LARGE",
      `The image at ${url.host} has more than ${maxBytes} bytes. Use a smaller image: 1024 pixels on the longer side are enough.`,
      { details: { limit: "maxBytes", max: maxBytes } },
    );
  }
}

function failed(url: URL, cause: unknown): AppError {
  const timedOut = cause instanceof Error && /^(?:Timeout|Abort)Error$/.test(cause.name);
  const reason = timedOut ? `it took more than ${TIMEOUT_MS} ms` : "the connection failed";
  return unreachable(url, reason, cause);
}

function unreachable(url: URL, reason: string, cause?: unknown): AppError {
  return new AppError(
    "IMAGE_UNREACHABLE",
    `The image at ${url.host} cannot be fetched: ${reason}. Check the URL, or send the image itself.`,
    { details: { argument: "image.url", host: url.host }, cause },
  );
}
