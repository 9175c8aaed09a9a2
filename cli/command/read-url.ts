import { CliError } from "../cli-error.ts";

/** @throws CliError OPTION_INVALID if the text is not an http or https URL */
export function readUrl(text: string, label: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `"${text}" is not an http or https URL.`,
    fix: `Give a URL such as ${label} https://example.com.`,
  });
}
