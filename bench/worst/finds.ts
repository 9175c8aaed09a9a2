/** The worst finds, kept in finds.json for test/local/worst.test.ts. */
import { readFile, writeFile } from "node:fs/promises";
import type { Recipe } from "./recipe.ts";
import { bestOfEachKind, cpuMs, cpuMsPerKB, type Find } from "./search.ts";

const PATH = new URL("finds.json", import.meta.url);
const KEPT = 10;

/** A recipe, with what it cost when it was found. */
export type KeptFind = Recipe & {
  /** CPU time, in classifications of examples/cat.jpg. */
  readonly timesCat: number;
  readonly bytesSent: number;
};

export async function readFinds(): Promise<readonly KeptFind[]> {
  const text = await readFile(PATH, "utf8").catch(() => "[]");
  return JSON.parse(text);
}

export async function writeFinds(finds: readonly Find[], catMs: number): Promise<void> {
  const kept = chooseWorst(finds).map(({ recipe, measured }) => ({
    ...recipe,
    timesCat: Number((measured.cpuMs / catMs).toPrecision(2)),
    bytesSent: measured.bytesSent,
  }));
  if (kept.length < KEPT) {
    console.error(`finds.json stays as it is: the search was too short to find ${KEPT}.`);
    return;
  }
  await writeFile(PATH, `${JSON.stringify(kept, null, 2)}\n`);
}

/** By CPU time and by CPU time per byte in turn, each of other makers. */
export function chooseWorst(finds: readonly Find[]): Find[] {
  const lists = [bestOfEachKind(finds, cpuMs), bestOfEachKind(finds, cpuMsPerKB)];
  const chosen = new Set<Find>();
  for (let i = 0; i < finds.length; i++) {
    for (const list of lists) {
      const find = list[i];
      if (find && chosen.size < KEPT) chosen.add(find);
    }
  }
  return [...chosen].sort((a, b) => cpuMs(b) - cpuMs(a));
}
