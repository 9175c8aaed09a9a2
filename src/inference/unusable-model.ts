import { ModelError } from "../errors.ts";

/** What strangers are told; the reason could reveal how the service is built. */
const MESSAGE =
  "The model cannot be loaded and run. Use another model, or try again later; the log of the service says why.";

/**
 * Makes the error of a model whose file or manifest is wrong.
 *
 * @param reason - for operators
 */
export function unusableModel(reason: string, cause?: unknown): ModelError {
  const explained = new Error(reason, cause === undefined ? undefined : { cause });
  return new ModelError("MODEL_UNAVAILABLE", MESSAGE, { cause: explained });
}
