/** Finds a network's weights: in the catalogue, or at the path or URL of --from. */
import { extname } from "node:path";
import { CliError } from "../cli-error.ts";
import { readNumber } from "../command/read-value.ts";
import { SIDES } from "../models/fact-options.ts";
import { CATALOGUE, type CatalogueEntry } from "./catalogue.ts";

export const CATALOGUE_NAMES = CATALOGUE.map(({ name }) => name).join(", ");

/** @throws CliError OPTION_INVALID if a model cannot be called this */
export function readNetworkName(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new CliError("OPTION_INVALID", {
    what: `"${text}" cannot be the name of a model.`,
    why: "A name has lower-case letters, digits, '-' and '.' only.",
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
  return /^https?:/.test(text);
}

function describeOwnSource(name: string, from: string): CatalogueEntry {
  const extension = extname(isUrl(from) ? new URL(from).pathname : from);
  if (extension === ".safetensors" || extension === ".onnx") {
    const format = extension === ".onnx" ? "onnx" : "safetensors";
    return { name, format, url: from, licence: "your own", description: name };
  }
  throw new CliError("OPTION_INVALID", {
    what: `--from ${from} is not valid.`,
    why: `Its name ends in "${extension}".`,
    fix: "Give a .safetensors or .onnx file.",
  });
}
