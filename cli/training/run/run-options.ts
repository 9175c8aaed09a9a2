import type { OptionSpecs } from "../../command/option-specs.ts";
import { DEVICES } from "../load-engine.ts";

/** Options that do not change the result, except that webgpu changes the last digits. */
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
  device: {
    type: "choice",
    choices: DEVICES,
    placeholder: "NAME",
    help: "what runs the networks: webgpu (experimental) uses a GPU, and its results differ in the last digits",
    defaultText: "cpu",
  },
  cache: {
    type: "text",
    placeholder: "DIR",
    help: "folder for decoded photos",
    defaultText: "resnet-edge/photos in the user's cache folder",
  },
} as const satisfies OptionSpecs;
