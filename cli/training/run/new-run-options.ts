import type { ArgumentSpecs, OptionSpecs } from "../../command/option-specs.ts";
import { RUN_OPTIONS } from "./run-options.ts";

/** Options of the commands that begin a run. */
export const NEW_RUN_OPTIONS = {
  out: { type: "text", required: true, placeholder: "FOLDER", help: "where the run is written" },
  base: {
    type: "text",
    placeholder: "MODEL",
    help: "the network to start from: an embedded model or a model folder",
    defaultText: "resnet18",
  },
  validation: {
    type: "text",
    placeholder: "PHOTOS",
    help: "photos that choose the weights",
    defaultText: "a part of the others",
  },
  config: {
    type: "text",
    placeholder: "FILE",
    help: "JSON with any of the settings of config.json; options of the command line override them",
  },
  epochs: {
    type: "number",
    min: 1,
    max: 10_000,
    integer: true,
    placeholder: "N",
    help: "epochs of the last stage",
    defaultText: "22",
  },
  batch: {
    type: "number",
    min: 1,
    max: 1024,
    integer: true,
    placeholder: "N",
    help: "photos in a step",
    defaultText: "16",
  },
  inputSide: {
    type: "number",
    min: 8,
    max: 1024,
    integer: true,
    placeholder: "N",
    help: "side of the network's input in pixels; a smaller one trains and answers faster",
    defaultText: "that of the base",
  },
  seed: {
    type: "number",
    min: 0,
    max: 0xffffffff,
    integer: true,
    placeholder: "N",
    help: "decides everything that is left to chance",
    defaultText: "0",
  },
  headOnly: { type: "flag", help: "train the classifier alone: fast, and enough for few photos" },
  noAugment: { type: "flag", help: "do not change photos at random" },
  force: { type: "flag", help: "replace the run or the model that FOLDER holds" },
  ...RUN_OPTIONS,
} as const satisfies OptionSpecs;

/** Arguments of the commands that begin a run. */
export const NEW_RUN_ARGUMENTS = {
  photos: {
    placeholder: "PHOTOS",
    help: "a folder with one folder for each class (photos/rose/1.jpg), or a CSV file with the columns path and class",
  },
} as const satisfies ArgumentSpecs;
