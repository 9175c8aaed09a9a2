/**
 * `npm run bench:worst`: searches for the most expensive requests that the Worker accepts, prints them, and
 * keeps the ten worst in bench/worst/finds.json. Fails if one costs more than its bound.
 */
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { seedLocalBucket } from "../tools/local-worker.ts";
import type { Outgoing } from "./send-request.ts";
import { MAX_TIMES_CAT, STOP_AT } from "./worst/bound.ts";
import { readFinds, writeFinds } from "./worst/finds.ts";
import { startImageHost } from "./worst/image-host.ts";
import { type Measured, measureCat } from "./worst/measure-request.ts";
import { cook, describeRecipe, type Profile, type Recipe, requestMaker } from "./worst/recipe.ts";
import { Runner } from "./worst/runner.ts";
import {
  bestOfEachKind,
  cpuMs,
  cpuMsPerKB,
  type Find,
  type Score,
  search,
} from "./worst/search.ts";
import { createRandom, listStarts } from "./worst/vary.ts";

const ROWS = 20;
/** The rest of the time is for the open profile, which differs in its limits on documents only. */
const HARDENED_SHARE = 0.75;

const { seconds, seed } = readOptions();

await seedLocalBucket();
const host = await startImageHost();
const finds: Find[] = [];
let catMs = 0;
try {
  const start = performance.now();
  const hardenedEnd = start + seconds * 1000 * HARDENED_SHARE;
  await searchProfile("hardened", hardenedEnd, () => true);
  // Images cost the same in both.
  const isOpenDifferent = ({ request }: Recipe) => !requestMaker(request.maker).takesImage;
  await searchProfile("open", start + seconds * 1000, isOpenDifferent);
} finally {
  host.close();
}
process.exitCode = report() ? 0 : 1;
await writeFinds(finds, catMs);

async function searchProfile(
  profile: Profile,
  endMs: number,
  matters: (recipe: Recipe) => boolean,
): Promise<void> {
  const runner = await Runner.start({ profile, host });
  try {
    const measuredCat = await measureCat(runner.subject);
    catMs ||= measuredCat;
    const stopCpuMs = measuredCat * MAX_TIMES_CAT * STOP_AT;
    console.error(`${profile}: a classification of cat.jpg takes ${measuredCat.toFixed(0)} ms.`);
    const kept = (await readFinds()).map(({ profile, request, image }) => ({
      profile,
      request,
      ...(image ? { image } : {}),
    }));
    const starts = [
      ...kept.filter((recipe) => recipe.profile === profile),
      ...listStarts(profile).filter(matters),
    ];
    const found = await search({
      profile,
      starts,
      random: createRandom(seed),
      endMs,
      measure: async (recipe) => {
        const request = await tryToCook(recipe);
        return request && runner.measure(request, stopCpuMs);
      },
      onFind: ({ recipe, measured }) =>
        console.error(`${describe(measured, measuredCat)}  ${describeRecipe(recipe)}`),
    });
    finds.push(...found);
  } finally {
    await runner.dispose();
  }
}

/** Encoders refuse some parameters. */
async function tryToCook(recipe: Recipe): Promise<Outgoing | undefined> {
  try {
    return await cook(recipe, host);
  } catch (error) {
    console.error(`${describeRecipe(recipe)} cannot be made: ${error}`);
    return undefined;
  }
}

function report(): boolean {
  const bound = MAX_TIMES_CAT * catMs;
  const isOver = ({ measured }: Find) => measured.outcome === "stopped" || measured.cpuMs > bound;
  const accepted = bestOfEachKind(finds, cpuMs);
  console.log(
    `\n${finds.length} requests. Unit: a classification of cat.jpg, ${catMs.toFixed(0)} ms of CPU.\n`,
  );
  console.log(
    `The most CPU time, the worst of each kind that was not refused:\n\n${format(accepted)}\n`,
  );
  console.log(`The most CPU time per byte:\n\n${format(bestOfEachKind(finds, cpuMsPerKB))}\n`);
  const refused = finds.filter((find) => find.measured.outcome === "refused" && isOver(find));
  if (refused.length > 0) {
    console.log(
      `Refused, but not before they had cost too much:\n\n${format(sort(refused, cpuMs))}\n`,
    );
  }
  const over = finds.filter((find) => find.measured.outcome !== "refused" && isOver(find));
  console.log(
    `${over.length === 0 ? "holds" : "FAILS"}: no accepted request costs more than ${MAX_TIMES_CAT} times cat.jpg (${over.length} do)`,
  );
  return over.length === 0;
}

function sort(list: readonly Find[], score: Score): Find[] {
  return list.toSorted((a, b) => score(b) - score(a));
}

function format(list: readonly Find[]): string {
  const rows = list.slice(0, ROWS).map((find) => {
    const { measured, recipe } = find;
    return [
      measured.cpuMs.toFixed(0),
      (measured.cpuMs / catMs).toFixed(1),
      String(measured.bytesSent),
      cpuMsPerKB(find).toPrecision(3),
      measured.wallMs.toFixed(0),
      (measured.growthBytes / 1e6).toFixed(0),
      measured.outcome === "stopped" ? `stopped: ${measured.detail}` : measured.detail,
      describeRecipe(recipe),
    ];
  });
  const header = ["CPU ms", "x cat", "bytes sent", "CPU ms/KB", "wall ms", "+MB", "outcome"];
  return formatTable([...header, "request"], rows);
}

function describe({ cpuMs, outcome, detail, bytesSent }: Measured, catMs: number): string {
  const times = (cpuMs / catMs).toFixed(1).padStart(6);
  return `${times} x cat, ${String(bytesSent).padStart(8)} bytes, ${outcome} (${detail})`;
}

function readOptions(): { seconds: number; seed: number } {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "300" },
      seed: { type: "string", default: "1" },
    },
  });
  const options = { seconds: Number(values.seconds), seed: Number(values.seed) };
  if (options.seconds > 0 && Number.isInteger(options.seed)) return options;
  console.error("Usage: npm run bench:worst -- [--seconds N] [--seed N]");
  process.exit(2);
}
