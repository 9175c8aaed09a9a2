/** How many requests per second one isolate serves with each engine: turns of the engines alternate in one run. */
import { formatTable } from "../../cli/terminal/format-table.ts";
import { ENGINE_NAMES, type EngineName } from "../../src/inference/engines/engine.ts";
import { startDeployedWorker } from "../../tools/deployed-worker.ts";
import type { LocalWorker } from "../../tools/local-worker.ts";
import { median } from "../median.ts";
import type { Kind } from "./mix.ts";
import { type Outcome, saturate, sendEach, type Target } from "./offer.ts";
import { formatProblems } from "./summary.ts";

const ROUNDS = 3;

/** What is sent: all kinds, or one of them. */
const LOADS: readonly { readonly name: string; readonly has: (kind: Kind) => boolean }[] = [
  { name: "the mix", has: () => true },
  { name: "small JPEG files", has: ({ name }) => name === "JPEG, small" },
];

type Turn = { readonly engine: EngineName; readonly load: string; readonly perSecond: number };

/**
 * Measures and prints.
 *
 * @returns whether every answer was right
 */
export async function compareCapacity(
  mixed: Omit<Target, "url">,
  turn: { readonly seconds: number; readonly connections: number },
): Promise<boolean> {
  const workers = new Map<EngineName, LocalWorker>();
  const outcomes: Outcome[] = [];
  const turns: Turn[] = [];
  try {
    for (const engine of ENGINE_NAMES) {
      const settings = { RESULT_CACHE_SECONDS: "0", ENGINE: engine };
      const worker = await startDeployedWorker({ settings });
      workers.set(engine, worker);
      // The first request of a kind loads models and decoders.
      outcomes.push(...(await sendEach({ ...mixed, url: worker.url })));
    }
    for (let round = 1; round <= ROUNDS; round++) {
      for (const { name: load, has } of LOADS) {
        for (const [engine, { url }] of workers) {
          process.stderr.write(`${load}, ${engine}, round ${round} of ${ROUNDS} …\n`);
          const target = { ...mixed, url, mix: mixed.mix.filter(has) };
          const answered = await saturate(target, turn);
          outcomes.push(...answered);
          turns.push({ engine, load, perSecond: answered.length / turn.seconds });
        }
      }
    }
  } finally {
    for (const worker of workers.values()) await worker.dispose();
  }
  console.log(formatTurns(turns));
  const problems = formatProblems(outcomes);
  if (problems !== "") console.log(`\n${problems}`);
  return problems === "";
}

function formatTurns(turns: readonly Turn[]): string {
  const [first] = ENGINE_NAMES;
  return formatTable(
    ["load", ...ENGINE_NAMES, "ratio"],
    LOADS.map(({ name }) => {
      const of = (engine: EngineName) =>
        median(
          turns
            .filter((turn) => turn.engine === engine && turn.load === name)
            .map(({ perSecond }) => perSecond),
        );
      const rates = ENGINE_NAMES.map(of);
      const ratio = Math.max(...rates) / of(first);
      return [name, ...rates.map((rate) => `${rate.toFixed(1)}/s`), ratio.toFixed(2)];
    }),
  );
}
