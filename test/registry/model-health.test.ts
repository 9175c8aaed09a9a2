import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { ModelHealth } from "../../src/registry/model-health.ts";

const BROKEN = new ModelError("MODEL_UNAVAILABLE", "Its SHA-256 is different.");
const MODEL = "resnet18@1.1.0";

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-25T00:00:00Z") }));
afterEach(() => void vi.useRealTimers());

function makeHealth() {
  const lines: unknown[] = [];
  const log = createLog((line) => lines.push(JSON.parse(line)));
  const health = new ModelHealth(30_000, log);
  return { health, lines };
}

it("ModelHealth blocks a version for 30 s, doubling with each failure up to 10 min", () => {
  const { health } = makeHealth();
  const waits = [30, 60, 120, 240, 480, 600, 600];
  for (const seconds of waits) {
    health.markBad(MODEL, "default", BROKEN);
    vi.advanceTimersByTime(1000 * seconds - 1);
    expect(health.isBad(MODEL)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(health.isBad(MODEL)).toBe(false);
  }
});

it("ModelHealth logs the first failure and the recovery of a version, and lists it in between", () => {
  const { health, lines } = makeHealth();
  health.markGood(MODEL);
  health.markBad(MODEL, "default", BROKEN);
  vi.advanceTimersByTime(60_000);
  health.markBad(MODEL, "default", BROKEN);
  const bad = {
    model: MODEL,
    alias: "default",
    code: "MODEL_UNAVAILABLE",
    reason: BROKEN.message,
    since: "2026-11-25T00:00:00.000Z",
  };
  expect(health.list()).toEqual([bad]);
  health.markGood(MODEL);
  health.markGood(MODEL);
  expect(health.list()).toEqual([]);
  expect(lines).toEqual([
    { level: "warn", event: "model-bad", ...bad },
    { level: "info", event: "model-recovered", model: MODEL },
  ]);
});
