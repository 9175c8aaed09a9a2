/** Compare-and-set of JSON in a bucket, on a store in memory that others change at given moments. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { ModelStore } from "../../cli/buckets/model-store.ts";
import { compareAndSet, readJson, type StoredJson } from "../../cli/registry/stored-json.ts";

const COUNTS: StoredJson<z.ZodRecord<z.ZodString, z.ZodNumber>> = {
  key: "counts.json",
  schema: z.record(z.string(), z.number().max(9)),
  empty: {},
  tries: 3,
  lastChange: (counts) => `ann (${Object.keys(counts).join()})`,
};

function openStore(content?: string) {
  let stored = content;
  let version = 1;
  const write = (text: string) => {
    stored = text;
    version++;
  };
  const store = {
    name: "a store in memory",
    get: async () =>
      stored === undefined
        ? undefined
        : { bytes: new TextEncoder().encode(stored), etag: String(version) },
    put: async (_key: string, bytes: Uint8Array, condition: object) => {
      const holds =
        "ifMatch" in condition
          ? stored !== undefined && condition.ifMatch === String(version)
          : stored === undefined;
      if (holds) write(new TextDecoder().decode(bytes));
      return holds;
    },
  } as unknown as ModelStore;
  return { store, write, read: () => JSON.parse(stored ?? "null") };
}

describe("readJson", () => {
  it("gives the empty value if the object does not exist", async () => {
    expect(await readJson(openStore().store, COUNTS)).toEqual({ value: {} });
  });

  it.each([
    ["not JSON", "{"],
    ["against its schema", '{"a":"b"}'],
  ])("refuses an object that is %s", async (_, content) => {
    await expect(readJson(openStore(content).store, COUNTS)).rejects.toMatchObject({
      code: "BUCKET_DAMAGED",
    });
  });
});

describe("compareAndSet", () => {
  it("creates the object, and changes it", async () => {
    const { store, read } = openStore();
    await compareAndSet(store, COUNTS, (counts) => ({ ...counts, a: 1 }));
    expect(await compareAndSet(store, COUNTS, (counts) => ({ ...counts, b: 2 }))).toEqual({
      a: 1,
      b: 2,
    });
    expect(read()).toEqual({ a: 1, b: 2 });
  });

  it("runs the edit again on the new value if someone else was faster", async () => {
    const { store, write, read } = openStore('{"a":1}');
    const seen: unknown[] = [];
    await compareAndSet(store, COUNTS, async (counts) => {
      seen.push(counts);
      if (seen.length === 1) write('{"a":5}');
      return { ...counts, a: (counts.a ?? 0) + 1 };
    });
    expect(seen).toEqual([{ a: 1 }, { a: 5 }]);
    expect(read()).toEqual({ a: 6 });
  });

  it.each([1, 3])(
    "gives up after %i tries, changes nothing and names the winner",
    async (tries) => {
      const { store, write, read } = openStore('{"a":1}');
      let runs = 0;
      const lost = compareAndSet(store, { ...COUNTS, tries }, (counts) => {
        write(`{"other":${++runs}}`);
        return { ...counts, a: 9 };
      });
      await expect(lost).rejects.toMatchObject({
        code: "CONFLICT",
        why: expect.stringContaining("ann (other)"),
      });
      expect(runs).toBe(tries);
      expect(read()).toEqual({ other: tries });
    },
  );

  it("refuses to write what its schema does not allow", async () => {
    const { store, read } = openStore();
    await expect(compareAndSet(store, COUNTS, () => ({ a: 10 }))).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
    expect(read()).toBeNull();
  });
});
