import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/graphs/safetensors/read-safetensors.ts";

type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };

function makeFile(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  return new Uint8Array([...length, ...json, ...data]);
}

const entry = (dtype: string, shape: number[], begin: number, end: number): Entry => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("readSafetensors", () => {
  it("converts every float type to float32 and skips counters", () => {
    const data = new Uint8Array(32);
    const view = new DataView(data.buffer);
    view.setFloat32(0, 1.5, true);
    view.setFloat32(4, -2, true);
    view.setFloat16(8, 0.25, true);
    // 3.5 as bfloat16: the upper half of its float32.
    view.setUint16(10, 0x4060, true);
    view.setBigInt64(16, 7n, true);
    view.setFloat64(24, -0.5, true);
    const tensors = readSafetensors(
      makeFile(
        {
          __metadata__: { format: "pt" },
          a: entry("F32", [2, 1], 0, 8),
          b: entry("F16", [1], 8, 10),
          c: entry("BF16", [], 10, 12),
          "bn1.num_batches_tracked": entry("I64", [], 16, 24),
          d: entry("F64", [1], 24, 32),
        },
        data,
      ),
      "file",
    );
    expect([...tensors].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
      ["a", [2, 1], [1.5, -2]],
      ["b", [1], [0.25]],
      ["c", [], [3.5]],
      ["d", [1], [-0.5]],
    ]);
  });

  it.each<[what: string, file: Uint8Array, why: RegExp]>([
    ["an empty file", new Uint8Array(), /header/],
    ["a header of exabytes", new Uint8Array(100).fill(0xff), /header/],
    ["a truncated header", makeFile({}, new Uint8Array()).subarray(0, 9), /header/],
    ["a header that is not JSON", makeFile("{", new Uint8Array()), /JSON/],
    ["a header that is null", makeFile("null", new Uint8Array()), /JSON/],
    [
      "a negative offset",
      makeFile({ a: entry("F32", [1], -4, 0) }, new Uint8Array(4)),
      /a\.data_offsets/,
    ],
    [
      "a tensor beyond the end",
      makeFile({ a: entry("F32", [2], 0, 8) }, new Uint8Array(4)),
      /tensor a/,
    ],
    [
      "a tensor whose size does not match its shape",
      makeFile({ a: entry("F32", [3], 0, 8) }, new Uint8Array(8)),
      /tensor a has 8 bytes, not 3 of F32/,
    ],
  ])("rejects %s with WEIGHTS_UNREADABLE", (_, file, why) => {
    expect(() => readSafetensors(file, "weights.safetensors")).toThrow(
      expect.objectContaining({
        code: "WEIGHTS_UNREADABLE",
        what: expect.stringContaining("weights.safetensors"),
        why: expect.stringMatching(why),
      }),
    );
  });
});
