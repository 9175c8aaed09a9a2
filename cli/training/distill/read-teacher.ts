/** The networks that a run is distilled from: a model, a finished run, or an ensemble. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { versionName } from "../../../src/models/version-ref.ts";
import { CliError } from "../../cli-error.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import { readLabelSources } from "../../platform/label-sources.ts";
import { readEnsemble } from "../ensemble/ensemble-folder.ts";
import { hashTeacher } from "../run/network-hash.ts";
import { type Base, readBase } from "../run/open-run.ts";
import { requireApart } from "../run/require-apart.ts";
import { CONFIG, ENSEMBLE, RESULT, RunFolder } from "../run/run-folder.ts";

export type TeacherMember = {
  /** Its folder, or the id of an embedded model. */
  readonly name: string;
  readonly base: Base;
  /** Ids, in the order of the network's output. */
  readonly classes: readonly string[];
  /** Its share of the answer; those of all members have the sum 1. */
  readonly weight: number;
};

export type TeacherModel = {
  /** Such as "resnet18@1.0.0". */
  readonly title: string;
  /** One, unless it is an ensemble. */
  readonly members: readonly TeacherMember[];
  /** Changes if one of its networks does, or what their manifests say about input and labels. */
  readonly sha256: string;
};

/**
 * Returns the absolute path of the teacher's folder, or the name of an embedded model as it is.
 *
 * @param out - the folder of the run
 * @throws CliError OPTION_INVALID if it is in the folder of the run
 */
export function resolveTeacher(name: string, out: string): string {
  const isFolder = [MANIFEST, CONFIG, ENSEMBLE].some((file) => existsSync(join(name, file)));
  if (!isFolder) return name;
  requireApart(name, out, "teacher");
  return resolve(name);
}

/** @throws CliError FILE_UNREADABLE if there is none, FILE_INVALID, MANIFEST_INVALID, HASH_MISMATCH */
export async function readTeacher(name: string): Promise<TeacherModel> {
  const members: TeacherMember[] = [];
  for (const { folder, weight } of await listMembers(name)) {
    members.push(await readMember(folder, weight));
  }
  const manifests = members.map(({ base }) => base.model.manifest);
  const weights = members.map(({ weight }) => weight);
  return {
    title:
      members.length === 1
        ? manifests.map(versionName).join()
        : `the ensemble ${basename(name)} of ${members.length} networks`,
    members,
    sha256: hashTeacher(manifests, weights),
  };
}

/** The folders of the members, and the weight of each. */
async function listMembers(name: string): Promise<{ folder: string; weight: number }[]> {
  const ensemble = await readEnsemble(name);
  if (!ensemble) {
    if (isUnfinished(name)) throw unfinished(name, "It is a run that is not finished");
    return [{ folder: name, weight: 1 }];
  }
  const { members, outcome } = ensemble;
  if (!outcome) throw unfinished(name, "It is an ensemble that is not finished");
  return members
    .map(({ folder }, i) => ({ folder: join(name, folder), weight: outcome.weights[i] as number }))
    .filter(({ weight }) => weight > 0);
}

async function readMember(name: string, weight: number): Promise<TeacherMember> {
  const base = await readBase(name);
  const { labels } = base.model.manifest;
  const { table } = await readLabelSources();
  const entries = labels.classes ?? table.map(({ synset }) => synset);
  const classes = entries.map((entry) => (typeof entry === "string" ? entry : entry.id));
  return { name, base, classes, weight };
}

function isUnfinished(folder: string): boolean {
  return new RunFolder(folder).hasBegun && !existsSync(join(folder, RESULT));
}

function unfinished(name: string, reason: string): CliError {
  return new CliError("FILE_UNREADABLE", {
    what: `${name} cannot be the teacher.`,
    why: `${reason}, so it cannot be used yet.`,
    fix: `Finish it with resnet-edge train resume ${name}.`,
  });
}
