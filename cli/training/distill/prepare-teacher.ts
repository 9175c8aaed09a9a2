/** Checks that a run's teacher has not changed, and fine-tunes it if it lacks classes of the photos. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Distillation, TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { hashBase } from "../run/network-hash.ts";
import { readBase } from "../run/open-run.ts";
import { RESULT, RunFolder, type RunPhotos, TEACHER } from "../run/run-folder.ts";
import { readTeacher, type TeacherModel } from "./read-teacher.ts";

type DistilledConfig = TrainConfig & { readonly distillation: Distillation };

/** Trains a run that has begun to its end. */
export type TrainTeacher = (folder: RunFolder, isNew: boolean) => Promise<unknown>;

/** @throws CliError FILE_UNREADABLE if there is none, MANIFEST_INVALID, HASH_MISMATCH */
export async function readTeacherOf({
  distillation,
}: TrainConfig): Promise<TeacherModel | undefined> {
  return distillation && readTeacher(distillation.teacher);
}

/**
 * Returns the settings with the hash of the teacher when the run begins.
 *
 * @param classes - of the photos
 * @throws CliError CLASSES_MISMATCH if it does not have the classes and cannot be fine-tuned
 */
export function recordTeacher(
  config: TrainConfig,
  teacher: TeacherModel | undefined,
  classes: readonly string[],
): TrainConfig {
  const { distillation } = config;
  if (!distillation || !teacher) return config;
  requireUsable(distillation.teacher, teacher, classes);
  return { ...config, distillation: { ...distillation, teacherSha256: teacher.sha256 } };
}

/**
 * Reads the teacher of a run that has begun, and fine-tunes it first if it has other classes.
 *
 * @param say - gets a line for people
 * @throws CliError HASH_MISMATCH if the teacher has changed since the run began; CLASSES_MISMATCH; those of training
 */
export async function prepareTeacher(
  folder: RunFolder,
  config: DistilledConfig,
  { classes, photos }: RunPhotos,
  train: TrainTeacher,
  say: (line: string) => void,
): Promise<TeacherModel> {
  const { teacher: name, teacherSha256 } = config.distillation;
  const model = await readTeacher(name);
  requireSame(name, model, teacherSha256);
  requireUsable(name, model, classes);
  if (knowsAll(model, classes)) return model;
  const own = new RunFolder(join(folder.path, TEACHER));
  if (!existsSync(join(own.path, RESULT))) {
    say(`${name} has other classes: it is fine-tuned on the photos first, in ${own.path}.`);
    const isNew = !own.hasBegun;
    if (isNew) await own.begin(await configOf(config, model), { classes, photos });
    await train(own, isNew);
  }
  const title = `${model.title} (fine-tuned on the same photos)`;
  return { ...(await readTeacher(own.path)), title };
}

function requireUsable(name: string, model: TeacherModel, classes: readonly string[]): void {
  if (model.members.length === 1 || knowsAll(model, classes)) return;
  const missing = classes.find((id) =>
    model.members.some((member) => !member.classes.includes(id)),
  );
  throw new CliError("CLASSES_MISMATCH", {
    what: `${name} cannot be the teacher.`,
    why: `It is an ensemble, and not all of its networks have the class "${missing}".`,
    fix: "Train an ensemble on photos of these classes, or give a single network, which is fine-tuned first.",
  });
}

function knowsAll({ members }: TeacherModel, classes: readonly string[]): boolean {
  return members.every((member) => classes.every((id) => member.classes.includes(id)));
}

/** The settings of the student, for the teacher's own run. */
async function configOf(config: TrainConfig, { members }: TeacherModel): Promise<TrainConfig> {
  const { distillation: _, ...settings } = config;
  const { name: base = "" } = members[0] ?? {};
  const { model } = await readBase(base, config.inputSide);
  return { ...settings, base, baseSha256: hashBase(model.manifest) };
}

function requireSame(
  name: string,
  { sha256, members }: TeacherModel,
  expected: string | undefined,
): void {
  // Earlier runs recorded the hash of a single network alone.
  const [first, ...others] = members;
  const earlier = others.length === 0 ? first?.base.model.manifest.files.model.sha256 : undefined;
  if (expected === undefined || expected === sha256 || expected === earlier) return;
  throw new CliError("HASH_MISMATCH", {
    what: `The run cannot continue with ${name} as its teacher.`,
    why: `Its networks, or what their manifests say about input and labels, have changed since the run began: the SHA-256 is ${sha256}, not ${expected}.`,
    fix: "Restore the teacher, or start the run again with train distill.",
  });
}
