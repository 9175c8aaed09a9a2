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

describe("safetensors", () => {
  it("are read as float32 whatever their float type, and counters are left out", () => {
    const data = new Uint8Array(24);
    const view = new DataView(data.buffer);
    view.setFloat32(0, 1.5, true);
    view.setFloat32(4, -2, true);
    view.setFloat16(8, 0.25, true);
    // bfloat16: the upper half of 3.5.
    view.setUint16(10, 0x4060, true);
    view.setBigInt64(16, 7n, true);
    const tensors = readSafetensors(
      makeFile(
        {
          __metadata__: { format: "pt" },
          a: entry("F32", [2, 1], 0, 8),
          b: entry("F16", [1], 8, 10),
          c: entry("BF16", [], 10, 12),
          "bn1.num_batches_tracked": entry("I64", [], 16, 24),
        },
        data,
      ),
      "file",
    );
    expect([...tensors].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
      ["a", [2, 1], [1.5, -2]],
      ["b", [1], [0.25]],
      ["c", [], [3.5]],
    ]);
  });

  it.each<[what: string, file: Uint8Array, reason: RegExp]>([
    ["nothing", new Uint8Array(), /its header does not fit/],
    ["a header of exabytes", new Uint8Array(100).fill(0xff), /its header does not fit/],
    ["a header that is cut off", makeFile({}, new Uint8Array()).subarray(0, 9), /does not fit/],
    ["a header that is not JSON", makeFile("{", new Uint8Array()), /not JSON/],
    ["a header that is null", makeFile("null", new Uint8Array()), /not JSON/],
    ["a negative offset", makeFile({ a: entry("F32", [1], -4, 0) }, new Uint8Array(4)), /a/],
    [
      "a tensor beyond the end",
      makeFile({ a: entry("F32", [2], 0, 8) }, new Uint8Array(4)),
      /the tensor a/,
    ],
    [
      "a tensor of another size than its shape",
      makeFile({ a: entry("F32", [3], 0, 8) }, new Uint8Array(8)),
      /the tensor a has 8 bytes, not 3 of F32/,
    ],
  ])("are refused where there is %s", (_, file, reason) => {
    expect(() => readSafetensors(file, "weights.safetensors")).toThrow(reason);
    expect(() => readSafetensors(file, "weights.safetensors")).toThrow(/^weights\.safetensors/);
  });
});
