/** Arguments that several commands take. */
import type { ArgumentSpec } from "../command/option-specs.ts";
import { readAlias, readVersionRef } from "./read-version-ref.ts";

export const ALIAS = {
  placeholder: "ALIAS",
  help: "a name that callers use to ask for a model, such as default",
  parse: readAlias,
} as const satisfies ArgumentSpec;

export const VERSION = {
  placeholder: "ID@VERSION",
  help: "a published version, such as resnet18@1.0.0",
  parse: readVersionRef,
} as const satisfies ArgumentSpec;
