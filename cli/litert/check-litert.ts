import { fullMessage, ModelError } from "../../src/errors.ts";
import { versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import { type ComparedFiles, compareEngines, explainDisagreement } from "./compare-engines.ts";
import { SAMPLE_PHOTOS } from "./sample-photos.ts";

/**
 * Checks a version's file for LiteRT: it loads, runs, and answers as the ONNX graph does.
 *
 * @throws CliError VERSION_UNUSABLE
 */
export async function checkLitert(files: ComparedFiles): Promise<void> {
  const why = await explain(files);
  if (why === undefined) return;
  throw new CliError("VERSION_UNUSABLE", {
    what: `${versionName(files.manifest)} cannot be run by LiteRT.`,
    why,
    fix: "Set ENGINE to onnxruntime in wrangler.toml, or publish the model as a new version.",
  });
}

async function explain(files: ComparedFiles): Promise<string | undefined> {
  try {
    return explainDisagreement(await compareEngines(files, SAMPLE_PHOTOS));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    // Its message is for callers of the service; the cause says more.
    return fullMessage(error.cause ?? error);
  }
}
