import { CliError } from "../cli-error.ts";

const MAX_REDIRECTS = 5;
const SHA256 = /^"?([0-9a-f]{64})"?$/;

/** A response, and the SHA-256 that the host states for the file. */
export type Followed = { readonly response: Response; readonly sha256: string | undefined };

/**
 * Follows redirects by hand: Hugging Face states a file's SHA-256 on the redirect to where the file is,
 * and not there.
 *
 * @throws CliError DOWNLOAD_FAILED if there are too many; whatever `fetch` throws
 */
export async function followRedirects(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Followed> {
  let at = url;
  let sha256: string | undefined;
  for (let hops = 0; ; hops++) {
    const response = await fetch(at, { headers, redirect: "manual" });
    sha256 ??= SHA256.exec(response.headers.get("x-linked-etag") ?? "")?.[1];
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      return { response, sha256 };
    }
    await response.body?.cancel();
    if (hops === MAX_REDIRECTS) throw refused(url, `${MAX_REDIRECTS + 1} redirects in a row`);
    at = new URL(location, at).href;
  }
}

/** A host's answer that retrying does not change. */
export function refused(url: string, answer: string): CliError {
  return new CliError("DOWNLOAD_FAILED", {
    what: `${url} cannot be downloaded.`,
    why: `The host answered ${answer}.`,
    fix: "Check the address. If your network blocks the host, give --mirror URL.",
  });
}
