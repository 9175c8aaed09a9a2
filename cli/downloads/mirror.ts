import { readUrl } from "../command/read-url.ts";

/**
 * A URL with its host replaced: by --mirror, or for Hugging Face's files by their own variable HF_ENDPOINT.
 *
 * @throws CliError OPTION_INVALID if HF_ENDPOINT is not a URL
 */
export function toMirror(url: string, mirror: string | undefined): string {
  const endpoint = mirror ?? readHuggingFaceEndpoint(url);
  if (endpoint === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${endpoint.replace(/\/+$/, "")}${pathname}${search}`;
}

function readHuggingFaceEndpoint(url: string): string | undefined {
  const { HF_ENDPOINT } = process.env;
  if (HF_ENDPOINT === undefined || !url.startsWith("https://huggingface.co/")) return undefined;
  return readUrl(HF_ENDPOINT, "HF_ENDPOINT");
}
