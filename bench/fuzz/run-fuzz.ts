/** Fuzzes one format: makes the files, has them decoded, and judges the outcomes. */
import type { FuzzFormat } from "./fuzz-format.ts";
import type { FuzzResult, FuzzTarget } from "./fuzz-target.ts";
import { type FindingKind, judge, medianRate, SUSPICIOUS_GROWTH, type Verdict } from "./judge.ts";
import { type Mutant, makeMutant } from "./make-mutant.ts";

const BATCH = 25;
/** So many of the decoded files give the median. */
const TIMED_FILES = 60;
/** The clock of workerd counts whole milliseconds: shorter times are not compared with estimates. */
const MIN_COMPARED_MS = 10;
/** A file is slow if it is in each of so many more decodings, alone. */
const CONFIRMATIONS = 3;

export type Finding = Mutant & Verdict;

export type FuzzReport = {
  readonly format: string;
  readonly files: number;
  readonly decoded: number;
  /** Files refused, by the code of the error. */
  readonly refused: ReadonlyMap<string, number>;
  /** Of the files that are decoded. */
  readonly medianMsPerKB: number;
  /** The files with the largest time and memory in comparison with their estimates. */
  readonly longest: Extreme;
  readonly largest: Extreme;
  /** By how many bytes the process grew at most during a batch. */
  readonly largestGrowth: number;
  readonly findings: readonly Finding[];
};

/** A file, and how many times its estimate it took. */
export type Extreme = { readonly index: number; readonly share: number };

type Options = {
  /** Determines the files, together with the format. */
  readonly run: number;
  readonly count: number;
  readonly onProgress?: (files: number) => void;
};

type Measured = { readonly index: number; readonly bytes: number; readonly result: FuzzResult };

export async function runFuzz(
  target: FuzzTarget,
  format: FuzzFormat,
  { run, count, onProgress }: Options,
): Promise<FuzzReport> {
  const seeds = await format.makeSeeds();
  const sound = [seeds[0], seeds[1]] as const;
  const remake = (index: number) => makeMutant(format, seeds, run, index);
  const measured: Measured[] = [];
  let largestGrowth = 0;
  // A sound file first: code that has not run yet is slower.
  await target.decode(sound, Array<Uint8Array>(BATCH).fill(seeds[0]));
  for (let start = 0; start < count; start += BATCH) {
    const length = Math.min(BATCH, count - start);
    const mutants = Array.from({ length }, (_, i) => remake(start + i));
    const files = mutants.map(({ bytes }) => bytes);
    const { value: results, grownBytes } = await target.measure(() => target.decode(sound, files));
    largestGrowth = Math.max(largestGrowth, grownBytes);
    for (const [i, mutant] of mutants.entries()) {
      const result =
        grownBytes > SUSPICIOUS_GROWTH
          ? await target.decodeAlone(sound, mutant.bytes)
          : (results[i] as FuzzResult);
      measured.push({ index: mutant.index, bytes: mutant.bytes.length, result });
    }
    onProgress?.(measured.length);
  }
  const msPerByte = await measureRate();
  const findings: Finding[] = [];
  for (const { index, bytes, result } of measured) {
    for (const verdict of judge(result, bytes, msPerByte)) {
      const mutant = remake(index);
      if (verdict.kind === "slow" && !(await isSlowAgain(mutant))) continue;
      findings.push({ ...mutant, ...verdict });
    }
  }
  return {
    ...summarize(measured),
    format: format.format,
    largestGrowth,
    medianMsPerKB: msPerByte * 1000,
    findings,
  };

  /** The usual time per byte of the files that are decoded, from some of them. */
  async function measureRate(): Promise<number> {
    const decoded = measured.filter(({ result }) => result.result === "decoded");
    const step = Math.ceil(decoded.length / TIMED_FILES);
    const timed = decoded.filter((_, i) => i % step === 0).map(({ index }) => remake(index).bytes);
    const times = await target.time(timed);
    return medianRate(times.map((ms, i) => ({ ms, bytes: timed[i]?.length ?? 0 })));
  }

  async function isSlowAgain({ bytes }: Mutant): Promise<boolean> {
    for (let i = 0; i < CONFIRMATIONS; i++) {
      const result = await target.decodeAlone(sound, bytes);
      if (!judge(result, bytes.length, msPerByte).some(({ kind }) => kind === "slow")) return false;
    }
    return true;
  }
}

/** How many findings there are of each kind. */
export function countKinds(findings: readonly Finding[]): Map<FindingKind, number> {
  return countBy(findings, ({ kind }) => kind);
}

function summarize(measured: readonly Measured[]) {
  const outcomes = measured.flatMap(({ index, result }) =>
    "ms" in result ? [{ index, ...result }] : [],
  );
  const refused = outcomes.filter(({ result }) => result === "refused");
  return {
    files: measured.length,
    decoded: outcomes.filter(({ result }) => result === "decoded").length,
    refused: countBy(refused, ({ what }) => what.slice(0, what.indexOf(":"))),
    longest: findExtreme(outcomes, ({ ms, estimated }) =>
      estimated && ms >= MIN_COMPARED_MS ? ms / estimated.ms : 0,
    ),
    largest: findExtreme(outcomes, ({ peakBytes, estimated }) =>
      estimated ? peakBytes / estimated.bytes : 0,
    ),
  };
}

function findExtreme<T extends { readonly index: number }>(
  outcomes: readonly T[],
  shareOf: (outcome: T) => number,
): Extreme {
  return outcomes
    .map((outcome) => ({ index: outcome.index, share: shareOf(outcome) }))
    .reduce((most, next) => (next.share > most.share ? next : most), { index: 0, share: 0 });
}

function countBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
