/** Compares finished runs with the first of them. */
import { basename, join } from "node:path";
import { mcnemarExact, wilsonInterval } from "../../../src/evaluate/significance.ts";
import { formatPercent } from "../../terminal/format-percent.ts";
import { formatTable } from "../../terminal/format-table.ts";
import { type EnsembleFile, readEnsemble } from "../ensemble/ensemble-folder.ts";
import { RunFolder } from "./run-folder.ts";
import { isRight, type PhotoPrediction, type RunResult, readResult } from "./run-result.ts";

/** Differences that chance gives less often than this count as significant. */
const SIGNIFICANCE = 0.05;

export type Measured = {
  readonly photos: number;
  readonly accuracy: number;
  /** That holds the true accuracy with 95 % confidence. */
  readonly interval: readonly [number, number];
};

export type ComparedRun = {
  readonly run: string;
  readonly base: string;
  /** The model or the folder of the teacher; null without distillation. */
  readonly teacher: string | null;
  /** Null for a single run. */
  readonly ensemble: ComparedEnsemble | null;
  /** Photos that were trained on. */
  readonly photos: number;
  /** How each stage trained: its first trained part, and its epochs at most. */
  readonly stages: readonly { readonly trainFrom: number | "head"; readonly epochs: number }[];
  readonly validation: Measured | null;
  readonly test: Measured | null;
  /** Null if the run was interrupted. */
  readonly seconds: number | null;
  /** Null for the first run, and if the test photos are not the same. */
  readonly difference: Difference | null;
};

export type ComparedEnsemble = {
  readonly members: number;
  /** The networks that its members start from. */
  readonly bases: readonly string[];
  /** How their answers were combined: their mean, or with fitted weights. */
  readonly combination: "mean" | "weights";
};

/** From the first run, on the same test photos. */
export type Difference = {
  /** Test photos that only the first run got right. */
  readonly onlyFirst: number;
  /** Test photos that only this run got right. */
  readonly onlyThis: number;
  /** By McNemar's exact test. */
  readonly p: number;
  readonly significant: boolean;
};

/** @throws CliError FILE_UNREADABLE, FILE_INVALID */
export async function compareRuns(paths: readonly string[]): Promise<ComparedRun[]> {
  let first: readonly PhotoPrediction[] | undefined;
  const runs: ComparedRun[] = [];
  for (const path of paths) {
    const ensemble = await readEnsemble(path);
    const [member] = ensemble?.members ?? [];
    // All members have the same photos and settings.
    const folder = new RunFolder(member ? join(path, member.folder) : path);
    const config = await folder.readConfig();
    const { photos } = await folder.readPhotos();
    const { result, test } = await readResult(path);
    runs.push({
      run: path,
      base: config.base,
      teacher: config.distillation?.teacher ?? null,
      ensemble: ensemble ? describeMembers(ensemble) : null,
      photos: photos.filter(({ part }) => part === "train").length,
      stages: config.stages.map(({ trainFrom, epochs }) => ({ trainFrom, epochs })),
      validation: measure(result.validation),
      test: measure(result.test),
      seconds: result.seconds,
      difference: first ? compareAnswers(first, test) : null,
    });
    first ??= test;
  }
  return runs;
}

function describeMembers({ members, outcome }: EnsembleFile): ComparedEnsemble {
  return {
    members: members.length,
    bases: [...new Set(members.map(({ base }) => base))],
    combination: outcome?.combination ?? "mean",
  };
}

function measure(part: RunResult["test"]): Measured | null {
  if (!part) return null;
  const { photos, right } = part;
  return { photos, accuracy: right / photos, interval: wilsonInterval(right, photos) };
}

/** @returns null if the two are not about the same photos */
export function compareAnswers(
  first: readonly PhotoPrediction[],
  other: readonly PhotoPrediction[],
): Difference | null {
  const key = ({ sha256, class: truth }: PhotoPrediction) => JSON.stringify([sha256, truth]);
  const firstRight = new Map(first.map((prediction) => [key(prediction), isRight(prediction)]));
  const otherRight = new Map(other.map((prediction) => [key(prediction), isRight(prediction)]));
  const isSame =
    firstRight.size > 0 &&
    firstRight.size === otherRight.size &&
    [...firstRight.keys()].every((photo) => otherRight.has(photo));
  if (!isSame) return null;
  let [onlyFirst, onlyThis] = [0, 0];
  for (const [photo, right] of firstRight) {
    if (right && !otherRight.get(photo)) onlyFirst++;
    if (!right && otherRight.get(photo)) onlyThis++;
  }
  const p = mcnemarExact(onlyFirst, onlyThis);
  return { onlyFirst, onlyThis, p, significant: p < SIGNIFICANCE };
}

/** The table for a terminal. */
export function describeRuns(runs: readonly ComparedRun[]): string {
  return formatTable(
    ["run", "base", "photos", "stages", "validation", "test", "seconds", "differs from the first"],
    runs.map((run, i) => [
      run.run,
      formatNetworks(run),
      `${run.photos}`,
      run.stages.map(({ trainFrom, epochs }) => `${trainFrom}: ${epochs}`).join(", "),
      formatMeasured(run.validation),
      formatMeasured(run.test),
      run.seconds === null ? "–" : run.seconds.toFixed(0),
      i === 0 ? "–" : formatDifference(run.difference),
    ]),
  );
}

function formatNetworks({ base, teacher, ensemble }: ComparedRun): string {
  const networks = ensemble
    ? `${ensemble.members} of ${ensemble.bases.join(", ")} (${ensemble.combination === "mean" ? "mean" : "weighted mean"})`
    : base;
  return teacher === null ? networks : `${networks}, distilled from ${basename(teacher)}`;
}

/** Such as "95.0 % (76.4 to 99.1) of 20". */
export function formatMeasured(measured: Measured | null): string {
  if (!measured) return "–";
  const [low, high] = measured.interval.map((share) => (100 * share).toFixed(1));
  return `${formatPercent(measured.accuracy)} (${low} to ${high}) of ${measured.photos}`;
}

export function formatDifference(difference: Difference | null): string {
  if (!difference) return "other test photos";
  const { p, significant } = difference;
  const value = p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  return `${significant ? "yes" : "not significantly"} (${value})`;
}
