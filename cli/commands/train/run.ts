import { defineCommand } from "../../define-command.ts";
import { PUBLISH_OPTIONS } from "../../training/publish/publish-options.ts";
import { trainAndPublish } from "../../training/publish/train-and-publish.ts";
import { NEW_RUN_ARGUMENTS, NEW_RUN_OPTIONS } from "../../training/run/new-run-options.ts";
import { readConfig } from "../../training/run/read-config.ts";
import { CONFIG, RunFolder } from "../../training/run/run-folder.ts";
import { beginRun } from "../../training/run/run-training.ts";

export const run = defineCommand({
  description: `Fine-tune a network on your photos: first its new classifier alone, then the upper stages too. A part of the photos chooses the best weights, and another part, used for nothing else, says how good they are.

FOLDER becomes a model folder for model quantize, model evaluate and model publish. It also holds ${CONFIG} with all settings, log.jsonl with a line for each epoch, and the last state. After Ctrl-C or a crash, continue with train resume. The same settings, photos and machine give the same weights, byte for byte.`,
  arguments: NEW_RUN_ARGUMENTS,
  options: { ...NEW_RUN_OPTIONS, ...PUBLISH_OPTIONS },
  run: async ({ args: { photos }, options }) => {
    const config = await readConfig(photos, options);
    return trainAndPublish(options.out, options, (running) =>
      beginRun(new RunFolder(options.out), config, running),
    );
  },
});
