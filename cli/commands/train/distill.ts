import { defineCommand } from "../../define-command.ts";
import { readTemperatures } from "../../training/distill/read-temperatures.ts";
import { PUBLISH_OPTIONS } from "../../training/publish/publish-options.ts";
import { trainAndPublish } from "../../training/publish/train-and-publish.ts";
import { NEW_RUN_ARGUMENTS, NEW_RUN_OPTIONS } from "../../training/run/new-run-options.ts";
import { readConfig } from "../../training/run/read-config.ts";
import { RunFolder } from "../../training/run/run-folder.ts";
import { beginRun } from "../../training/run/run-training.ts";

export const distill = defineCommand({
  description: `Train a small network on your photos and on the outputs of a larger one, the teacher. The teacher gets each picture with the same augmentation. If it lacks a class of the photos, it is fine-tuned on them first, in the folder teacher of FOLDER, with the same settings.

Everything else is as for train run: FOLDER becomes a model folder, and after Ctrl-C or a crash, continue with train resume.`,
  arguments: NEW_RUN_ARGUMENTS,
  options: {
    teacher: {
      type: "text",
      required: true,
      placeholder: "TEACHER",
      help: "the network to distil: a finished run, a model folder, an embedded model or an ensemble",
    },
    alpha: {
      type: "number",
      min: 0,
      max: 1,
      placeholder: "N",
      help: "weight of the soft targets; the rest is the weight of the classes of the photos",
      defaultText: "0.7",
    },
    temperature: {
      type: "text",
      placeholder: "FROM:TO",
      help: "divides the logits of both networks; changes linearly from the first step to the last",
      defaultText: "6:2.5",
      parse: readTemperatures,
    },
    ...NEW_RUN_OPTIONS,
    ...PUBLISH_OPTIONS,
  },
  run: async ({ args: { photos }, options }) => {
    const { teacher, alpha, temperature } = options;
    const config = await readConfig(photos, {
      ...options,
      distillation: {
        teacher,
        ...(alpha === undefined ? {} : { alpha }),
        ...(temperature === undefined ? {} : { temperature }),
      },
    });
    return trainAndPublish(options.out, options, (running) =>
      beginRun(new RunFolder(options.out), config, running),
    );
  },
});
