/**
 * Replays the most expensive requests that `npm run bench:worst` has found: none may cost more than its bound,
 * in classifications of a small photo measured in the same run.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_TIMES_CAT, STOP_AT } from "../../bench/worst/bound.ts";
import { type KeptFind, readFinds } from "../../bench/worst/finds.ts";
import { type RunningImageHost, startImageHost } from "../../bench/worst/image-host.ts";
import { type Measured, measureCat } from "../../bench/worst/measure-request.ts";
import { cook, describeRecipe, type Profile } from "../../bench/worst/recipe.ts";
import { Runner } from "../../bench/worst/runner.ts";
import { seedLocalBucket } from "../../tools/local-worker.ts";
import { useWorkspace } from "../support/workspace.ts";

/** Another process on the machine can make a request look expensive, but not every time. */
const TRIES = 3;
const PROFILES: readonly Profile[] = ["hardened", "open"];

const finds = await readFinds();
const found = PROFILES.filter((profile) => finds.some((find) => find.profile === profile));

let host: RunningImageHost;

beforeAll(async () => {
  host = await startImageHost();
});

afterAll(() => host?.close());

it("finds.json has ten recipes", () => {
  expect(finds).toHaveLength(10);
});

// CPU times are read from /proc.
describe.skipIf(process.platform !== "linux").each(found)("in the %s profile", (profile) => {
  const own = finds.filter((find) => find.profile === profile);
  const workspace = useWorkspace();
  let runner: Runner;
  let catMs: number;

  beforeAll(async () => {
    const configPath = workspace().config;
    await seedLocalBucket(configPath);
    runner = await Runner.start({ profile, host, configPath });
    catMs = await measureCat(runner.subject);
  });

  afterAll(() => runner?.dispose());

  const cases = own.map((find) => [describeRecipe(find), find] as const);
  it.each(cases)(
    `%s costs at most ${MAX_TIMES_CAT} classifications, and leaves the service well`,
    async (_title, find) => {
      const { outcome, cpuMs, detail } = await measureBest(find);
      expect(outcome, detail).not.toBe("stopped");
      expect(cpuMs / catMs).toBeLessThanOrEqual(MAX_TIMES_CAT);
      const response = await fetch(new URL("/v2/health/live", runner.subject.url));
      expect(response.status).toBe(200);
    },
  );

  /** The cheapest of some tries; one is enough if it is within the bound. */
  async function measureBest(find: KeptFind): Promise<Measured> {
    let best: Measured | undefined;
    for (let i = 0; i < TRIES; i++) {
      const request = await cook(find, host);
      const measured = await runner.measure(request, catMs * MAX_TIMES_CAT * STOP_AT);
      if (!best || measured.cpuMs < best.cpuMs) best = measured;
      // That is too much for noise to explain.
      if (measured.outcome === "stopped" || measured.cpuMs <= catMs * MAX_TIMES_CAT) break;
    }
    if (!best) throw new Error("There was no try.");
    return best;
  }
});
