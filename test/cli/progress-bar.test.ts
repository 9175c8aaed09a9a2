import { expect, it } from "vitest";
import { ProgressBar, type ProgressOptions } from "../../cli/terminal/progress-bar.ts";

/** A bar that writes into a list, and a clock that is set by hand. */
function makeBar(isTTY: boolean, options: Partial<ProgressOptions> = {}) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const output = { isTTY, write: (text: string) => written.push(text) };
  const now = () => clock.ms;
  const bar = new ProgressBar("calibrating", {
    silent: false,
    unit: "images",
    output,
    now,
    ...options,
  });
  return { bar, written, clock };
}

it("rewrites one line of a terminal", () => {
  const { bar, written } = makeBar(true);
  bar.update(1, 2);
  bar.update(2, 2);
  bar.end();
  bar.end();
  expect(written).toEqual([
    `\rcalibrating [${"#".repeat(15)}${".".repeat(15)}] 1 of 2 images`,
    `\rcalibrating [${"#".repeat(30)}] 2 of 2 images`,
    "\n",
  ]);
});

it("writes a line every ten seconds if stderr is not a terminal, and nothing for short work", () => {
  const { bar, written, clock } = makeBar(false);
  for (let done = 1; done <= 100; done++) {
    clock.ms += 300;
    bar.update(done, 100);
  }
  bar.end();
  expect(written).toEqual(["calibrating: 34 of 100 images\n", "calibrating: 68 of 100 images\n"]);
  const short = makeBar(false);
  short.clock.ms = 5000;
  short.bar.update(100, 100);
  short.bar.end();
  expect(short.written).toEqual([]);
});

it("writes nothing if it is silent", () => {
  for (const isTTY of [true, false]) {
    const { bar, written, clock } = makeBar(isTTY, { silent: true });
    clock.ms = 60_000;
    bar.update(1, 2);
    bar.end();
    expect(written).toEqual([]);
  }
});
