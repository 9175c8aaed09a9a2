import { defineCommand } from "../../define-command.ts";
import { describeTraining } from "../../training/run/describe-training.ts";
import { RunFolder } from "../../training/run/run-folder.ts";
import { RUN_OPTIONS } from "../../training/run/run-options.ts";
import { finishRun } from "../../training/run/run-training.ts";

export const resume = defineCommand({
  description:
    "Go on with a run that was stopped or that crashed, from its last state. The result is the same, byte for byte, as if it had not been interrupted.",
  arguments: { folder: { placeholder: "FOLDER", help: "the folder of a run" } },
  options: RUN_OPTIONS,
  run: async ({ args: { folder }, options }) => {
    const report = await finishRun(new RunFolder(folder), { ...options, silent: options.json });
    return { result: report, text: describeTraining(report) };
  },
});
