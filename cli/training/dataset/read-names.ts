/** The names of classes, from labels.json beside their folders. */
import { existsSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { LabelSpec } from "../../../src/labels/class-spec.ts";
import { CliError } from "../../cli-error.ts";
import { readLabels } from "../../models/model-facts.ts";

const LABELS = "labels.json";

/**
 * Reads labels.json, in any form that `model pull --labels` takes, and puts its classes into the order of the
 * network.
 *
 * @param source - the folder or CSV file with the photos
 * @param classes - ids in output order
 * @returns only the ids if labels.json is missing
 * @throws CliError CLASSES_MISMATCH if it lacks a class or has one without photos
 */
export async function readNames(source: string, classes: readonly string[]): Promise<LabelSpec> {
  const folder = extname(source).toLowerCase() === ".csv" ? dirname(source) : source;
  const path = join(folder, LABELS);
  if (!existsSync(path)) return { classes: classes.map((id) => ({ id })) };
  const spec = await readLabels(path);
  const listed = new Map(
    (spec.classes ?? []).map((entry) => [typeof entry === "string" ? entry : entry.id, entry]),
  );
  const missing = classes.filter((id) => !listed.has(id));
  const extra = [...listed.keys()].filter((id) => !classes.includes(id));
  if (missing.length + extra.length > 0) {
    throw new CliError("CLASSES_MISMATCH", {
      what: `${path} does not fit the photos.`,
      why: [
        ...(missing.length > 0 ? [`It lacks ${missing.join(", ")}.`] : []),
        ...(extra.length > 0 ? [`There are no photos of ${extra.join(", ")}.`] : []),
      ].join(" "),
      fix: "List the same ids as the folders have, or rename the folders.",
    });
  }
  return { ...spec, classes: classes.map((id) => listed.get(id) as string | { id: string }) };
}
