/** Trains the members of an ensemble that are not finished, and combines their answers. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../cli-error.ts";
import { interrupted, resumeCommand } from "../run/interrupted.ts";
import { CHECKPOINT, RunFolder } from "../run/run-folder.ts";
import { countRight, type RunResult, readResult, writeResult } from "../run/run-result.ts";
import { finishRun, type RunOptions } from "../run/run-training.ts";
import { combineMembers } from "./combine-members.ts";
import {
  type EnsembleFile,
  type EnsembleMember,
  readEnsemble,
  SOUP,
  writeEnsemble,
} from "./ensemble-folder.ts";
import type { EnsembleReport } from "./ensemble-report.ts";
import { MemberScorer } from "./member-scorer.ts";
import { writeEnsembleReport } from "./write-ensemble-report.ts";

/**
 * @throws CliError INTERRUPTED after everything was saved; those of training
 */
export async function finishEnsemble(folder: string, options: RunOptions): Promise<EnsembleReport> {
  const ensemble = (await readEnsemble(folder)) as EnsembleFile;
  const { members } = ensemble;
  const warnings = await trainMembers(folder, members, options);
  const first = new RunFolder(join(folder, (members[0] as EnsembleMember).folder));
  const photos = await first.readPhotos();
  const scorer = new MemberScorer(await first.readConfig(), photos, options);
  say(options, "combining the answers of the members");
  const { outcome, answers } = await combineMembers(folder, members, scorer);
  const test = scorer.predict(answers, "test");
  const result: RunResult = {
    validation: countRight(scorer.predict(answers, "validation")),
    test: countRight(test),
    seconds: await addSeconds(folder, members),
  };
  await writeResult(folder, result, test);
  await writeEnsemble(folder, { ...ensemble, outcome });
  const report: EnsembleReport = {
    folder,
    classes: photos.classes,
    photos: {
      train: scorer.of("train").length,
      validation: scorer.of("validation").length,
      test: test.length,
    },
    damaged: [],
    warnings: [
      ...warnings,
      ...(result.validation
        ? []
        : [
            "there are no photos for validation, so no weights were fitted and no member is the best",
          ]),
      ...(outcome.soups
        ? []
        : ["the weights of different networks cannot be averaged, so no soup was made"]),
    ],
    members,
    outcome,
    soup: outcome.soups ? join(folder, SOUP) : null,
  };
  await writeEnsembleReport(report);
  return report;
}

/** @returns the warnings of the runs, each once */
async function trainMembers(
  folder: string,
  members: readonly EnsembleMember[],
  options: RunOptions,
): Promise<string[]> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const warnings = new Set<string>();
  // A member is continued with the ensemble that it belongs to.
  const stopped = (place: string) =>
    interrupted(`Training was stopped at ${place}.`, resumeCommand(folder, options));
  try {
    for (const [i, member] of members.entries()) {
      const run = new RunFolder(join(folder, member.folder));
      const place = `member ${i + 1} of ${members.length}`;
      if (await isFinished(run)) continue;
      if (stop.signal.aborted) throw stopped(place);
      say(options, `${place}: ${member.base}, seed ${member.seed}`);
      const isNew = !existsSync(join(run.path, CHECKPOINT));
      const report = await finishRun(run, { ...options, signal: stop.signal }, isNew).catch(
        (error: unknown) => {
          const isStopped = error instanceof CliError && error.code === "INTERRUPTED";
          throw isStopped ? stopped(place) : error;
        },
      );
      for (const warning of report.warnings) warnings.add(warning);
    }
    return [...warnings];
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** A run writes its result last; a crash can leave a part of the file. */
async function isFinished(run: RunFolder): Promise<boolean> {
  return readResult(run.path).then(
    () => true,
    () => false,
  );
}

/** @returns null if one of the runs was resumed */
async function addSeconds(
  folder: string,
  members: readonly EnsembleMember[],
): Promise<number | null> {
  let sum = 0;
  for (const member of members) {
    const { seconds } = (await readResult(join(folder, member.folder))).result;
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}

function say({ silent }: RunOptions, line: string): void {
  if (!silent) process.stderr.write(`${line}\n`);
}
