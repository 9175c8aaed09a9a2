/** Opens the teacher of a run. */
import type { TrainConfig } from "../../../src/training/train-config.ts";
import type { Hardware } from "../load-engine.ts";
import type { BatchMaker } from "../run/make-batches.ts";
import type { RunFolder, RunPhotos } from "../run/run-folder.ts";
import { countSeen } from "./count-seen.ts";
import { prepareTeacher, type TrainTeacher } from "./prepare-teacher.ts";
import { TeacherOutputs } from "./teacher-outputs.ts";

/** A run that has begun. */
type Student = {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  readonly photos: RunPhotos;
  readonly batches: BatchMaker;
  readonly options: Hardware & { readonly silent: boolean };
};

/**
 * @returns undefined if the run has no teacher
 * @throws CliError if the teacher cannot be used
 */
export async function openTeacher(
  { folder, config, photos, batches, options }: Student,
  train: TrainTeacher,
): Promise<TeacherOutputs | undefined> {
  const { distillation } = config;
  if (!distillation) return undefined;
  const say = (line: string) => {
    if (!options.silent) process.stderr.write(`${line}\n`);
  };
  const teacher = await prepareTeacher(folder, { ...config, distillation }, photos, train, say);
  const { classes } = photos;
  const seen = await countSeen(teacher, photos);
  return new TeacherOutputs({
    teacher,
    classes,
    config,
    train: photos.photos.filter(({ part }) => part === "train"),
    batches,
    hardware: options,
    warnings:
      seen === 0
        ? []
        : [
            `the teacher was trained on ${seen} of the test photos, so the accuracy on the test photos can be too high`,
          ],
  });
}
