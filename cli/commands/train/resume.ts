import { defineCommand } from "../../define-command.ts";
import { describeEnsemble } from "../../training/ensemble/describe-ensemble.ts";
import { readEnsemble } from "../../training/ensemble/ensemble-folder.ts";
import { finishEnsemble } from "../../training/ensemble/finish-ensemble.ts";
import { describeTraining } from "../../training/run/describe-training.ts";
import { RunFolder } from "../../training/run/run-folder.ts";
import { RUN_OPTIONS } from "../../training/run/run-options.ts";
import { finishRun } from "../../training/run/run-training.ts";

export const resume = defineCommand({
  description:
    "Go on with a run that was stopped or that crashed, from its last state. The result is the same, byte for byte, as if it had not been interrupted. In an ensemble, the members that are finished are not trained again.",
  arguments: { folder: { placeholder: "FOLDER", help: "the folder of a run or of an ensemble" } },
  options: RUN_OPTIONS,
  run: async ({ args: { folder }, options }) => {
    const running = { ...options, silent: options.json };
    if (await readEnsemble(folder)) {
      const ensemble = await finishEnsemble(folder, running);
      return { result: ensemble, text: describeEnsemble(ensemble) };
    }
    const report = await finishRun(new RunFolder(folder), running);
    return { result: report, text: describeTraining(report) };
  },
});
