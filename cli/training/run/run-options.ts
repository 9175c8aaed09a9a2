import type { OptionSpecs } from "../../command/option-specs.ts";

/** Options that do not change the result. */
export const RUN_OPTIONS = {
  threads: {
    type: "number",
    min: 1,
    max: 256,
    integer: true,
    placeholder: "N",
    help: "threads for training",
    defaultText: "as many as the machine has cores",
  },
  cache: {
    type: "text",
    placeholder: "DIR",
    help: "folder for decoded photos",
    defaultText: "resnet-edge/photos in the user's cache folder",
  },
} as const satisfies OptionSpecs;
