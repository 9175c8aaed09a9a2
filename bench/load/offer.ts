/** Sends the mix, either at a fixed rate or as fast as a few connections allow, and judges every response. */
import { setTimeout as sleep } from "node:timers/promises";
import { sendRequest } from "../send-request.ts";
import { judge, type Verdict } from "./judge.ts";
import type { Kind } from "./mix.ts";

/** One request and what became of it. */
export type Outcome = {
  readonly kind: string;
  readonly verdict: Verdict;
  /** From the time at which it was due, so that a slow generator does not hide a wait. */
  readonly ms: number;
};

export type Target = {
  readonly url: URL;
  readonly mix: readonly Kind[];
  readonly codes: ReadonlySet<string>;
  /** Whether all requests come from one address, or each from another one. */
  readonly oneAddress: boolean;
};

/** A request that takes longer counts as a broken connection. */
const TIMEOUT_MS = 60_000;
const ADDRESSES = 200;

/** Sends `rate` requests per second, and waits for their responses. */
export async function offer(
  target: Target,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<readonly Outcome[]> {
  const count = Math.round(rate * seconds);
  const kinds = listKinds(target.mix);
  const start = performance.now();
  const pending: Promise<Outcome>[] = [];
  for (let i = 0; i < count; i++) {
    const due = start + (i * 1000) / rate;
    await sleep(Math.max(0, due - performance.now()));
    pending.push(sendOne(target, kinds.next().value, i, due));
  }
  return Promise.all(pending);
}

/** Keeps a few requests in flight; their number per second is the capacity. */
export async function saturate(
  target: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<readonly Outcome[]> {
  const kinds = listKinds(target.mix);
  const end = performance.now() + seconds * 1000;
  const outcomes: Outcome[] = [];
  let index = 0;
  const work = async () => {
    while (performance.now() < end) {
      outcomes.push(await sendOne(target, kinds.next().value, index++, performance.now()));
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return outcomes;
}

/** Sends a number of requests of the mix, one after the other. */
export async function sendMany(target: Target, count: number): Promise<readonly Outcome[]> {
  const kinds = listKinds(target.mix);
  const outcomes: Outcome[] = [];
  for (let i = 0; i < count; i++) {
    outcomes.push(await sendOne(target, kinds.next().value, i, performance.now()));
  }
  return outcomes;
}

/** Sends each kind once, one after the other. */
export async function sendEach(target: Target): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [i, kind] of target.mix.entries()) {
    outcomes.push(await sendOne(target, kind, i, performance.now()));
  }
  return outcomes;
}

async function sendOne(
  { url, codes, oneAddress }: Target,
  { name, request, check }: Kind,
  index: number,
  due: number,
): Promise<Outcome> {
  const address = `192.0.2.${oneAddress ? 1 : 1 + (index % ADDRESSES)}`;
  const reply = await sendRequest(url, request, { timeoutMs: TIMEOUT_MS, address });
  const ms = performance.now() - due;
  return { kind: name, verdict: judge(reply, check, codes), ms };
}

/** Cycles of the mix, each in another order; the same orders in every run. */
function* listKinds(mix: readonly Kind[]): Generator<Kind, never> {
  const cycle = mix.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // the generator of Numerical Recipes
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
  while (true) {
    for (let i = cycle.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [cycle[i], cycle[j]] = [cycle[j] as Kind, cycle[i] as Kind];
    }
    yield* cycle;
  }
}
