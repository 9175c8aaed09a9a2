/** Plans the members of an ensemble, and writes their settings. */
import { mkdir, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import type { PreparedPhotos } from "../run/prepare-photos.ts";
import { requireNew } from "../run/read-config.ts";
import { CONFIG, ENSEMBLE, PREDICTIONS, RESULT, RunFolder } from "../run/run-folder.ts";
import { prepareRun, type RunOptions } from "../run/run-training.ts";
import { type EnsembleMember, readEnsemble, SOUP, writeEnsemble } from "./ensemble-folder.ts";

/**
 * Returns a member for each base and seed. Their folders have names such as `resnet18-0`.
 *
 * @throws CliError OPTION_INVALID if there are fewer than two
 */
export function planMembers(
  bases: readonly string[],
  seeds: readonly number[],
): readonly EnsembleMember[] {
  const different = [...new Set(bases)];
  const names = new Map<string, number>();
  const members = different.flatMap((base) => {
    const name = basename(resolve(base)).replace(/[^\w.-]+/g, "-");
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    const prefix = count === 1 ? name : `${name}-${count}`;
    return seeds.map((seed) => ({ folder: `${prefix}-${seed}`, base, seed }));
  });
  if (members.length > 1) return members;
  throw new CliError("OPTION_INVALID", {
    what: "An ensemble of one network cannot be trained.",
    why: `There is one network, ${different[0]}, and one seed.`,
    fix: "Give more seeds with --seeds, or another network with one more --base.",
  });
}

/**
 * The settings of a member. All members have the same photos in the same parts; everything else that is left to chance
 * depends on the member's own seed.
 */
export function configOf(config: TrainConfig, { base, seed }: EnsembleMember): TrainConfig {
  return { ...config, base, seed, split: { ...config.split, seed: splitSeed(config) } };
}

function splitSeed({ split, seed }: TrainConfig): number {
  return split.seed ?? seed;
}

/**
 * Begins the runs of all members, before any of them is trained: then the ensemble can be resumed.
 *
 * @param config - `seed` decides the parts of the photos, unless `split.seed` does
 */
export async function beginEnsemble(
  folder: string,
  members: readonly EnsembleMember[],
  config: TrainConfig,
  options: RunOptions,
): Promise<PreparedPhotos> {
  await guardWriting(folder, async () => {
    await mkdir(folder, { recursive: true });
    // What an earlier run or ensemble left must not pass for a part of this one.
    for (const name of [ENSEMBLE, CONFIG, MANIFEST, RESULT, PREDICTIONS, SOUP]) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  });
  let prepared: PreparedPhotos | undefined;
  for (const member of members) {
    const run = new RunFolder(join(folder, member.folder));
    const begun = await prepareRun(run, configOf(config, member), options, prepared?.photos);
    prepared ??= begun;
  }
  await writeEnsemble(folder, { schemaVersion: 1, members: [...members], outcome: null });
  return prepared as PreparedPhotos;
}

/** @throws CliError OPTION_INVALID if the folder holds an ensemble already; the message says whether it is the same */
export async function requireNewEnsemble(
  folder: string,
  members: readonly EnsembleMember[],
  config: TrainConfig,
): Promise<void> {
  const found = await readEnsemble(folder);
  if (!found) return requireNew(folder);
  const different = await findDifferences(folder, found.members, members, config);
  const begin = "give another folder, or add --force to begin again";
  throw new CliError("OPTION_INVALID", {
    what: `${folder} cannot be used for a new ensemble.`,
    why:
      different.length === 0
        ? "It holds an ensemble with the same settings already."
        : `It holds an ensemble with other settings already: ${different.join(", ")}.`,
    fix:
      different.length === 0
        ? `Continue it with resnet-edge train resume ${folder}, ${begin}.`
        : `To continue it, use resnet-edge train resume ${folder}. Otherwise ${begin}.`,
  });
}

/** The names of settings that differ. */
async function findDifferences(
  folder: string,
  old: readonly EnsembleMember[],
  members: readonly EnsembleMember[],
  config: TrainConfig,
): Promise<string[]> {
  const [first] = members;
  if (!first || JSON.stringify(old) !== JSON.stringify(members)) return ["members"];
  const was = await new RunFolder(join(folder, first.folder)).readConfig();
  const now = configOf(config, first);
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])] as (keyof TrainConfig)[];
  // Runs write down the hashes themselves.
  const isWritten = (key: string) => key === "baseSha256" || key === "teacherSha256";
  const text = (value: unknown) =>
    JSON.stringify(value, (key, inner) => (isWritten(key) ? undefined : inner));
  return names.filter((name) => !isWritten(name) && text(was[name]) !== text(now[name]));
}
