/** Finds a network's weights: in the catalogue, or at the path or URL of --from. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { modelIdSchema } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import { readUrl } from "../command/read-url.ts";
import { readNumber } from "../command/read-value.ts";
import { SIDES } from "../models/fact-options.ts";
import { CATALOGUE, type CatalogueEntry } from "./catalogue.ts";

export const CATALOGUE_NAMES = CATALOGUE.map(({ name }) => name).join(", ");

/** The licence of a file that the user brings, unless he states another. */
export const OWN_LICENCE = "your own";

/** @throws CliError OPTION_INVALID if a model cannot be called this */
export function readNetworkName(text: string): string {
  if (modelIdSchema.safeParse(text).success) return text;
  throw new CliError("OPTION_INVALID", {
    what: `"${text}" cannot be the name of a model.`,
    why: "A name has at most 64 lower-case letters and digits, with single '-' or '.' between them.",
    fix: `Give one of ${CATALOGUE_NAMES}, or any name together with --from.`,
  });
}

/**
 * Reads `N:M`, two sides in pixels.
 *
 * @throws CliError OPTION_INVALID
 */
export function readEnlarge(text: string, label: string): { from: number; to: number } {
  const [from, to, ...rest] = text.split(":");
  if (from !== undefined && to !== undefined && rest.length === 0) {
    return { from: readNumber(from, label, SIDES), to: readNumber(to, label, SIDES) };
  }
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but must be two sides in pixels.`,
    fix: `Give two sides, such as ${label} 84:128.`,
  });
}

/**
 * @param from - the file or URL that --from names; undefined for the catalogue's
 * @throws CliError NETWORK_UNKNOWN, OPTION_INVALID
 */
export function findSource(name: string, from: string | undefined): CatalogueEntry {
  if (from !== undefined) return describeOwnSource(name, from);
  const entry = CATALOGUE.find((known) => known.name === name);
  if (entry) return entry;
  throw new CliError("NETWORK_UNKNOWN", {
    what: `There is no network called ${name}.`,
    why: `The catalogue has ${CATALOGUE_NAMES}.`,
    fix: "Give one of these, or the file of another network with --from PATH|URL.",
  });
}

export function isUrl(text: string): boolean {
  return /^https?:/i.test(text);
}

/**
 * Reads `--from`: a path, or a URL. A file URL becomes its path.
 *
 * @throws CliError OPTION_INVALID
 */
export function readFrom(text: string, label: string): string {
  // A single letter is a drive of Windows.
  const [scheme] = /^[a-z][a-z0-9+.-]+(?=:)/i.exec(text) ?? [];
  if (scheme === undefined) return text;
  if (isUrl(text)) return new URL(readUrl(text, label)).href;
  if (scheme.toLowerCase() !== "file") {
    if (!text.startsWith(`${scheme}://`)) return text;
    throw new CliError("OPTION_INVALID", {
      what: `${label} ${text} is not valid.`,
      why: `Files cannot be fetched by ${scheme}.`,
      fix: "Give a path, or an http or https URL.",
    });
  }
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new CliError("OPTION_INVALID", {
      what: `${label} ${text} is not valid.`,
      why: `It is not the URL of a file on this machine: ${(cause as Error).message}.`,
      fix: "Give the path of the file.",
      cause,
    });
  }
}

/**
 * Reads a SHA-256 in any form that tools print: in capitals, or after `sha256:`.
 *
 * @throws CliError OPTION_INVALID
 */
export function readSha256(text: string, label: string): string {
  const [, digits] = /^(?:sha-?256[:=-])?([0-9a-f]{64})$/.exec(text.trim().toLowerCase()) ?? [];
  if (digits !== undefined) return digits;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `"${text}" is not a SHA-256, which has 64 hexadecimal digits.`,
    fix: "Give the SHA-256 of the file, as sha256sum or Get-FileHash prints it.",
  });
}

function describeOwnSource(name: string, from: string): CatalogueEntry {
  const extension = extname(isUrl(from) ? new URL(from).pathname : from);
  const kind = extension.toLowerCase();
  if (kind === ".safetensors" || kind === ".onnx") {
    const format = kind === ".onnx" ? "onnx" : "safetensors";
    return { name, format, url: from, licence: OWN_LICENCE, description: name };
  }
  throw new CliError("OPTION_INVALID", {
    what: `--from ${from} is not valid.`,
    why: `Its name ends in "${extension}".`,
    fix: "Give a .safetensors or .onnx file.",
  });
}
