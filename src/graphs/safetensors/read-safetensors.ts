/**
 * Reads safetensors files: a 64-bit length, a JSON header, and little-endian tensors.
 *
 * Source: https://huggingface.co/docs/safetensors, "Format".
 */
import * as z from "zod";
import { GraphError } from "../graph-error.ts";

/** A tensor as float32, row-major. */
export type Tensor = { readonly shape: readonly number[]; readonly data: Float32Array };

export type StateDict = ReadonlyMap<string, Tensor>;

/** The limit of the format, which protects against headers that claim gigabytes. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** The element types that are converted to float32. Tensors of others, such as batch counters, are skipped. */
const FLOATS: Readonly<
  Record<string, { bytes: number; read: (v: DataView, at: number) => number }>
> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => view.getFloat16(at, true) },
  // bfloat16 is the upper half of a float32.
  BF16: { bytes: 2, read: (view, at) => fromUpperHalf(view.getUint16(at, true)) },
};

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().min(0)),
    data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
);

/**
 * Reads the floating-point tensors of a file.
 *
 * @param name - the name of the file in error messages
 * @throws GraphError WEIGHTS_UNREADABLE if the file is truncated or not a safetensors file
 */
export function readSafetensors(bytes: Uint8Array, name: string): StateDict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes.byteLength < LENGTH_BYTES ? 0 : Number(view.getBigUint64(0, true));
  const start = LENGTH_BYTES + headerBytes;
  if (headerBytes === 0 || headerBytes > MAX_HEADER_BYTES || start > bytes.byteLength) {
    throw damaged(name, "its header is longer than the file");
  }
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), name);
  const tensors = new Map<string, Tensor>();
  for (const [key, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    const float = FLOATS[dtype];
    if (!float) continue;
    const [begin, end] = offsets;
    const count = shape.reduce((product, side) => product * side, 1);
    if (end - begin !== count * float.bytes || start + end > bytes.byteLength) {
      throw damaged(name, `the tensor ${key} has ${end - begin} bytes, not ${count} of ${dtype}`);
    }
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = float.read(view, start + begin + i * float.bytes);
    tensors.set(key, { shape, data });
  }
  return tensors;
}

/**
 * Reads what the writer of a file says about it, such as `{ format: "pt" }`.
 *
 * @returns an empty object if there is nothing, or if it cannot be read
 */
export function readMetadata(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = LENGTH_BYTES + Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end)));
    return header.__metadata__ ?? {};
  } catch {
    return {};
  }
}

function parseHeader(bytes: Uint8Array, name: string): z.infer<typeof headerSchema> {
  let json: unknown;
  try {
    const { __metadata__: _, ...tensors } = JSON.parse(new TextDecoder().decode(bytes));
    json = tensors;
  } catch (cause) {
    throw damaged(name, "its header is not valid JSON", cause);
  }
  const header = headerSchema.safeParse(json);
  if (header.success) return header.data;
  throw damaged(name, z.prettifyError(header.error), header.error);
}

const scratch = new DataView(new ArrayBuffer(4));

function fromUpperHalf(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

function damaged(name: string, reason: string, cause?: unknown): GraphError {
  return new GraphError("WEIGHTS_UNREADABLE", {
    what: `${name} cannot be read as safetensors.`,
    why: `The file is damaged or has another format: ${reason}.`,
    fix: "Download it again, or use a .safetensors file.",
    cause,
  });
}
