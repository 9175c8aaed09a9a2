import { ExplainedError } from "../errors.ts";

/** The error codes of training, and what each means. */
export const TRAINING_ERRORS = {
  OPERATOR_NOT_DIFFERENTIABLE:
    "A network has an operator without a gradient, so it cannot be trained.",
  PARAMETER_UNKNOWN: "A network does not have a parameter that should be trained, or read in.",
  PARAMETER_UNUSED: "The loss does not depend on a parameter that should be trained.",
  BATCH_INVALID:
    "The images, targets or rates of a step do not have the expected length or values.",
  ENGINE_MISSING: "onnxruntime-node cannot run on this machine, so nothing can be trained.",
  DEVICE_UNUSABLE: "WebGPU cannot be used on this machine, or cannot run the network.",
  LOSS_NOT_FINITE: "The loss of a step is not a finite number: training has diverged.",
} as const satisfies Readonly<Record<string, string>>;

/** Why a network cannot be trained. */
export type TrainingErrorCode = keyof typeof TRAINING_ERRORS;

/** A training step cannot be built or run. */
export class TrainingError extends ExplainedError<TrainingErrorCode> {}
