/** Damaged and hostile files through the imaging code in workerd: `npm run fuzz` with fewer files. */
import { afterAll, describe, expect, it } from "vitest";
import { FUZZ_FORMATS } from "../../bench/fuzz/fuzz-formats.ts";
import { FuzzTarget } from "../../bench/fuzz/fuzz-target.ts";
import { judge } from "../../bench/fuzz/judge.ts";
import { runFuzz } from "../../bench/fuzz/run-fuzz.ts";

const RUN = 1;
const FILES = 300;

describe("the fuzzer", () => {
  const target = new FuzzTarget();
  afterAll(() => target.stop());

  it.each(FUZZ_FORMATS)(`finds nothing in ${FILES} files of $format`, async (format) => {
    const { findings, decoded } = await runFuzz(target, format, { run: RUN, count: FILES });
    const list = findings.map(({ index, kind, detail, description }) => ({
      replay: `npm run fuzz -- --format ${format.format.toLowerCase()} --count ${index + 1} --seed ${RUN}`,
      kind,
      detail,
      description,
    }));
    expect(list).toEqual([]);
    expect(decoded).toBeGreaterThan(0);
  });
});

describe("given a Worker with faults, the fuzzer", () => {
  const target = new FuzzTarget({
    entrypoint: new URL("support/faulty-worker.ts", import.meta.url).pathname,
    batchTimeoutMs: 10_000,
    fileTimeoutMs: 10_000,
  });
  afterAll(() => target.stop());
  const file = (name: string) => Uint8Array.from(Buffer.from(name));
  const sound = [file("sound"), file("sound too")] as const;

  it.each([
    ["hangs", "hung"],
    ["throws", "died"],
  ])("finds the file that %s among others", async (name, expected) => {
    const results = await target.decode(sound, [file("a"), file(name), file("b")]);
    expect(results.map(({ result }) => result)).toEqual(["decoded", expected, "decoded"]);
  });

  it.runIf(process.platform === "linux")("finds the file that fills the process", async () => {
    const results = [];
    for (const name of ["a", "memory", "b"]) {
      results.push(await target.decodeAlone(sound, file(name)));
    }
    const kinds = results.map((result) => judge(result, 5, 0).map(({ kind }) => kind));
    expect(kinds).toEqual([[], ["process memory"], []]);
  });
});
