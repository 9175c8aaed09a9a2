import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { describeEnsemble } from "../../training/ensemble/describe-ensemble.ts";
import { readEnsemble } from "../../training/ensemble/ensemble-folder.ts";
import { finishEnsemble } from "../../training/ensemble/finish-ensemble.ts";
import { PUBLISH_OPTIONS } from "../../training/publish/publish-options.ts";
import { trainAndPublish } from "../../training/publish/train-and-publish.ts";
import { RunFolder } from "../../training/run/run-folder.ts";
import { RUN_OPTIONS } from "../../training/run/run-options.ts";
import { finishRun } from "../../training/run/run-training.ts";

export const resume = defineCommand({
  description:
    "Continue a run that was stopped or that crashed, from its last state. The result is the same, byte for byte, as if it had not been interrupted. In an ensemble, the members that are finished are not trained again.",
  arguments: { folder: { placeholder: "FOLDER", help: "the folder of a run or of an ensemble" } },
  options: { ...RUN_OPTIONS, ...PUBLISH_OPTIONS },
  run: async ({ args: { folder }, options }) => {
    if (await readEnsemble(folder)) {
      requireRun(folder, options);
      const ensemble = await finishEnsemble(folder, { ...options, silent: options.json });
      return { result: ensemble, text: describeEnsemble(ensemble) };
    }
    return trainAndPublish(folder, options, (running) => finishRun(new RunFolder(folder), running));
  },
});

/** @throws CliError OPTION_INVALID if an ensemble is to be published: it has several networks */
function requireRun(folder: string, { publish }: { readonly publish: string | undefined }): void {
  if (publish === undefined) return;
  throw new CliError("OPTION_INVALID", {
    what: `${folder} cannot be published as ${publish}.`,
    why: "It is an ensemble, and --publish takes a single network.",
    fix: "Leave out --publish. The command then prints how to publish the members or their mean.",
  });
}
