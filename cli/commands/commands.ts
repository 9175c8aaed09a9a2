/** Every command, in the order of the help. */
import type { Command } from "../define-command.ts";

/** A command's name and summary; the rest loads when it is needed: wrangler alone takes half a second. */
export type CommandRow = {
  readonly name: string;
  /** One line in the imperative, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
};

export const COMMANDS: readonly CommandRow[] = [
  {
    name: "dataset check",
    summary: "Find photos that would spoil training: damaged, doubled, mislabelled",
    load: async () => (await import("./dataset/check.ts")).check,
  },
  {
    name: "train run",
    summary: "Fine-tune a network on your photos",
    load: async () => (await import("./train/run.ts")).run,
  },
  {
    name: "train distill",
    summary: "Train a small network to answer like a larger one",
    load: async () => (await import("./train/distill.ts")).distill,
  },
  {
    name: "train ensemble",
    summary: "Train several networks and combine their answers",
    load: async () => (await import("./train/ensemble.ts")).ensemble,
  },
  {
    name: "train resume",
    summary: "Continue a training run that was stopped",
    load: async () => (await import("./train/resume.ts")).resume,
  },
  {
    name: "train compare",
    summary: "Compare training runs, and say whether their difference can be chance",
    load: async () => (await import("./train/compare.ts")).compare,
  },
  {
    name: "model pull",
    summary: "Download the weights of a network, verify them and convert them to ONNX",
    load: async () => (await import("./model/pull.ts")).pull,
  },
  {
    name: "model quantize",
    summary: "Convert a float32 model folder to int8",
    load: async () => (await import("./model/quantize.ts")).quantize,
  },
  {
    name: "model evaluate",
    summary: "Measure a model's accuracy and calibration, and choose its thresholds",
    load: async () => (await import("./model/evaluate.ts")).evaluate,
  },
  {
    name: "model publish",
    summary: "Publish a model folder to a bucket",
    load: async () => (await import("./model/publish.ts")).publish,
  },
  {
    name: "model list",
    summary: "List published versions and the aliases that point to them",
    load: async () => (await import("./model/list.ts")).list,
  },
  {
    name: "model promote",
    summary: "Point an alias to a version",
    load: async () => (await import("./model/promote.ts")).promote,
  },
  {
    name: "model split",
    summary: "Split an alias's requests between several versions",
    load: async () => (await import("./model/split.ts")).split,
  },
  {
    name: "model shadow",
    summary: "Run a version behind an alias's answers without showing its results",
    load: async () => (await import("./model/shadow.ts")).shadow,
  },
  {
    name: "model compare",
    summary: "Compare a new version with the one that an alias points to",
    load: async () => (await import("./model/compare.ts")).compare,
  },
  {
    name: "model rollback",
    summary: "Point an alias back to what it pointed to before",
    load: async () => (await import("./model/rollback.ts")).rollback,
  },
  {
    name: "model unalias",
    summary: "Delete an alias; the versions that it points to stay",
    load: async () => (await import("./model/unalias.ts")).unalias,
  },
  {
    name: "model remove",
    summary: "Delete a version that no alias uses",
    load: async () => (await import("./model/remove.ts")).remove,
  },
  {
    name: "model purge",
    summary: "Discard the cached results of a version",
    load: async () => (await import("./model/purge.ts")).purge,
  },
  {
    name: "model verify",
    summary: "Check that published versions are intact and can be run",
    load: async () => (await import("./model/verify.ts")).verify,
  },
];
