import { CliError } from "../cli-error.ts";
import { type HttpResponse, httpGet } from "./http-get.ts";

const MAX_REDIRECTS = 5;
const SHA256 = /^"?([0-9a-f]{64})"?$/;

/** A response, and the SHA-256 that the host states for the file. */
export type Followed = { readonly response: HttpResponse; readonly sha256: string | undefined };

/**
 * Follows redirects by hand: Hugging Face states a file's SHA-256 on the redirect to where the file is,
 * and not there.
 *
 * @throws CliError DOWNLOAD_FAILED if there are too many, or one does not lead to http or https; whatever
 *   {@link httpGet} throws
 */
export async function followRedirects(
  url: string,
  headers: Readonly<Record<string, string>>,
  idleMs: number,
): Promise<Followed> {
  let at = url;
  let sha256: string | undefined;
  for (let hops = 0; ; hops++) {
    const response = await httpGet(at, headers, idleMs);
    const { status } = response;
    const { location, "x-linked-etag": linked } = response.headers;
    sha256 ??= SHA256.exec(String(linked ?? ""))?.[1];
    if (status < 300 || status >= 400 || location === undefined) return { response, sha256 };
    discard(response);
    if (hops === MAX_REDIRECTS) throw refused(url, `${MAX_REDIRECTS + 1} redirects in a row`);
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw refused(url, `a redirect to ${location}, which is not an http or https URL`);
    }
    at = next.href;
  }
}

/** Closes the connection of a response whose body is not needed. */
export function discard({ body }: HttpResponse): void {
  body.on("error", () => {}).destroy();
}

/** A host's answer that retrying does not change. */
export function refused(url: string, answer: string): CliError {
  return new CliError("DOWNLOAD_FAILED", {
    what: `${url} cannot be downloaded.`,
    why: `The host answered ${answer}.`,
    fix: "Check the address. If your network blocks the host, give --mirror URL.",
  });
}
