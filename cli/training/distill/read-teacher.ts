/** The networks that a run learns from: a model, a finished run, or an ensemble. */
import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { versionName } from "../../../src/models/version-ref.ts";
import { CliError } from "../../cli-error.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import { readLabelSources } from "../../platform/label-sources.ts";
import { type Base, readBase } from "../run/open-run.ts";
import { CONFIG } from "../run/run-folder.ts";

export type TeacherMember = {
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
  /** Of its networks: changes if one of them does. */
  readonly sha256: string;
};

/**
 * Returns the absolute path of the teacher's folder, or the name of an embedded model as it is.
 *
 * @param out - the folder of the run
 * @throws CliError OPTION_INVALID if it is in the folder of the run
 */
export function resolveTeacher(name: string, out: string): string {
  const isFolder = [MANIFEST, CONFIG].some((file) => existsSync(join(name, file)));
  if (!isFolder) return name;
  const way = relative(resolve(out), resolve(name));
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return resolve(name);
  throw new CliError("OPTION_INVALID", {
    what: `${name} cannot be the teacher.`,
    why: `It is ${way === "" ? "the folder of the run itself" : `in the folder of the run, ${out}`}.`,
    fix: "Give another folder with --out or with --teacher.",
  });
}

/** @throws CliError FILE_UNREADABLE if there is none, MANIFEST_INVALID, HASH_MISMATCH */
export async function readTeacher(name: string): Promise<TeacherModel> {
  requireFinished(name);
  const member = await readMember(name, 1);
  const { manifest } = member.base.model;
  return {
    title: versionName(manifest),
    members: [member],
    sha256: manifest.files.model.sha256,
  };
}

async function readMember(name: string, weight: number): Promise<TeacherMember> {
  const base = await readBase(name);
  const { labels } = base.model.manifest;
  const { table } = await readLabelSources();
  const entries = labels.classes ?? table.map(({ synset }) => synset);
  const classes = entries.map((entry) => (typeof entry === "string" ? entry : entry.id));
  return { base, classes, weight };
}

function requireFinished(name: string): void {
  const isModel = existsSync(join(name, MANIFEST));
  if (isModel || !existsSync(join(name, CONFIG))) return;
  throw new CliError("FILE_UNREADABLE", {
    what: `${name} cannot be the teacher.`,
    why: "It is a run that is not finished: it has no network yet.",
    fix: `Finish it with resnet-edge train resume ${name}.`,
  });
}
