/** Trains a model and publishes it by the commands of the registry. */
import { join } from "node:path";
import { ExplainedError } from "../../../src/errors.ts";
import { ALIASES_KEY } from "../../../src/models/aliases.ts";
import { withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { evaluate } from "../../commands/model/evaluate.ts";
import { publish } from "../../commands/model/publish.ts";
import { quantize } from "../../commands/model/quantize.ts";
import type { Command, Options, Outcome } from "../../define-command.ts";
import { int8FolderOf } from "../../models/int8-folder.ts";
import { describeNextStep, describeTraining } from "../run/describe-training.ts";
import { resumeCommand } from "../run/interrupted.ts";
import { RunFolder, type RunPhotos } from "../run/run-folder.ts";
import type { RUN_OPTIONS } from "../run/run-options.ts";
import type { RunOptions, TrainingReport } from "../run/run-training.ts";
import { linkParts } from "./link-parts.ts";
import type { PublishOptions } from "./publish-options.ts";

type Step = {
  readonly name: "quantize" | "evaluate" | "publish";
  readonly command: Command;
  readonly words: readonly string[];
};

/**
 * Trains a model. If an alias is given, quantises it with the photos that it was trained on, evaluates it on those for
 * the test and those for validation, publishes it and points the alias to it. Completed steps are
 * kept if a later one fails.
 *
 * @param folder - of the run
 * @throws CliError before the training if the bucket cannot be opened; later with the commands that are left
 */
export async function trainAndPublish(
  folder: string,
  options: PublishOptions & Options<typeof RUN_OPTIONS>,
  train: (running: RunOptions) => Promise<TrainingReport>,
): Promise<Outcome> {
  if (options.publish !== undefined) await requireBucket(options);
  const report = await train({
    ...options,
    silent: options.json,
    resumeCommand: resumeCommand(folder, options),
  });
  const text = describeTraining(report);
  if (options.publish === undefined) {
    return { result: report, text: `${text}\n${describeNextStep(folder)}` };
  }
  const photos = await new RunFolder(folder).readPhotos();
  const steps = planSteps(folder, await linkParts(folder, photos), photos, options);
  const outcomes: Outcome[] = [];
  for (const [i, { command, words }] of steps.entries()) {
    try {
      outcomes.push(await command.run(options.json ? [...words, "--json"] : words));
    } catch (cause) {
      throw notPublished(folder, steps.slice(i), cause);
    }
  }
  return {
    result: { ...report, published: outcomes.map(({ result }) => result) },
    text: [text, ...outcomes.map(({ text }) => text)].join("\n\n"),
  };
}

/** Training can take hours, so mistakes in these options are reported before it. */
async function requireBucket({ wrangler, ...bucket }: PublishOptions): Promise<void> {
  await withStore({ ...bucket, config: wrangler }, (store) => store.has(ALIASES_KEY));
}

function planSteps(
  folder: string,
  links: string,
  { photos }: RunPhotos,
  { publish: alias = "", remote, bucket, endpoint, wrangler }: PublishOptions,
): Step[] {
  const int8 = int8FolderOf(folder);
  // The photos for validation come last: the temperature and the thresholds are then theirs, and the figures of the
  // test photos stay those of photos that decided nothing.
  const parts = (["test", "validation"] as const).filter((name) =>
    photos.some((photo) => photo.part === name),
  );
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}`, value];
  const where = [
    ...(remote ? ["--remote"] : []),
    ...option("bucket", bucket),
    ...option("endpoint", endpoint),
    ...option("config", wrangler),
  ];
  const quantizing = [folder, "--images", join(links, "train"), "--out", int8];
  return [
    { name: "quantize", command: quantize, words: quantizing },
    ...parts.map((part) => ({
      name: "evaluate" as const,
      command: evaluate,
      words: [int8, "--data", join(links, part), "--name", part],
    })),
    { name: "publish", command: publish, words: [int8, "--promote", alias, ...where] },
  ];
}

function notPublished(folder: string, left: readonly Step[], cause: unknown): CliError {
  const commands = left.map(({ name, words }) =>
    ["resnet-edge model", name, ...words.map(quote)].join(" "),
  );
  const isExplained = cause instanceof ExplainedError;
  return new CliError(cause instanceof CliError ? cause.code : "COMMAND_FAILED", {
    what: `${folder} was trained, but not published.`,
    why: isExplained ? `${cause.what} ${cause.why}` : `${(cause as Error).message}.`,
    fix: `${isExplained ? `${cause.fix} Then continue` : "Continue"} with: ${commands.join(" && ")}`,
    cause,
  });
}

/** For a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
