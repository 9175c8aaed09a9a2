import { countClasses } from "../../src/labels/label-classes.ts";
import type { LabelTable } from "../../src/labels/label-table.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import type { ConvertedNetwork } from "./convert-source.ts";

/** Until model evaluate finds a better one. */
const FIRST_THRESHOLD = 0.5;

/**
 * The manifest of a network that was pulled.
 *
 * @throws CliError CLASSES_MISMATCH if the network has another number of classes than the facts say
 */
export function makeManifest(
  name: string,
  source: string,
  facts: ModelFacts,
  network: ConvertedNetwork,
  table: LabelTable,
): ModelManifest {
  const { version, input, labels, licence } = facts;
  const { width, height } = network.size;
  const classes = countClasses(labels, table);
  if (classes !== network.classes) {
    throw new CliError("CLASSES_MISMATCH", {
      what: `The classes of ${name} are not known.`,
      why: `The network has ${network.classes} outputs, but there are ${classes} classes.`,
      fix: "Give its classes with --labels FILE: the name or id of one class per line, in the order of its output.",
    });
  }
  return {
    schemaVersion: 2,
    id: name,
    version,
    architecture: facts.architecture ?? network.architecture,
    files: network.entries,
    input: { name: network.inputName, shape: [1, 3, height, width], color: input.color },
    preprocess: input.preprocessFor(network.size),
    outputs: network.outputs,
    labels,
    metrics: {},
    licence,
    source,
    recommendedThreshold: FIRST_THRESHOLD,
  };
}
