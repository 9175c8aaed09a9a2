/**
 * Moves the weights of an ONNX file out of its graph, without a copy.
 *
 * ONNX Runtime parses the bytes that it is given as one protocol buffer, so it holds the weights three times
 * while it loads them: in the file, in the parsed message, and in its tensors. WebAssembly memory never
 * shrinks, so that peak would stay. Weights that a graph refers to by offset, as external data, are read
 * directly into their tensors.
 */

/** A graph whose large tensors are in another file. */
export type ExternalisedModel = {
  /** The graph, as an ONNX file. */
  readonly graph: Uint8Array;
  /** The name by which the graph refers to the file of its weights. */
  readonly weightsPath: string;
};

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const LOCATION_EXTERNAL = 1;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;

/** Wire types of protocol buffers. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Smaller tensors stay in the graph: the runtime reads shapes and scalars while it optimises. */
const MIN_WEIGHT_BYTES = 1024;
const WEIGHTS_PATH = "weights";

/**
 * Makes a graph that refers to the weights in `file` by their offsets.
 *
 * @param file - an ONNX file
 * @returns undefined if the file is not a readable ONNX file
 */
export function externaliseWeights(file: Uint8Array): ExternalisedModel | undefined {
  try {
    const parts = rewriteModel(file);
    const graph = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const part of parts) {
      graph.set(part, at);
      at += part.byteLength;
    }
    return { graph, weightsPath: WEIGHTS_PATH };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Parts = readonly Uint8Array[];

/** Rewrites a message: fields for which `rewrite` returns undefined stay as they are. */
function rewriteFields(
  file: Uint8Array,
  start: number,
  end: number,
  rewrite: (field: Field) => Parts | undefined,
): Parts {
  const parts: Uint8Array[] = [];
  let copied = start;
  for (let at = start; at < end; ) {
    const field = readField(file, at, end);
    const replaced = rewrite(field);
    if (replaced) {
      parts.push(file.subarray(copied, at), ...replaced);
      copied = field.end;
    }
    at = field.end;
  }
  return [...parts, file.subarray(copied, end)];
}

function rewriteModel(file: Uint8Array): Parts {
  return rewriteFields(file, 0, file.byteLength, (model) =>
    isMessage(model, MODEL_GRAPH)
      ? wrap(
          MODEL_GRAPH,
          rewriteFields(file, model.start, model.end, (graph) =>
            isMessage(graph, GRAPH_INITIALIZER)
              ? wrap(GRAPH_INITIALIZER, rewriteTensor(file, graph))
              : undefined,
          ),
        )
      : undefined,
  );
}

function rewriteTensor(file: Uint8Array, { start, end }: Field): Parts {
  return rewriteFields(file, start, end, (field) => {
    const bytes = field.end - field.start;
    if (!isMessage(field, TENSOR_RAW_DATA) || bytes < MIN_WEIGHT_BYTES) return undefined;
    return [
      ...entry("location", WEIGHTS_PATH),
      ...entry("offset", String(field.start)),
      ...entry("length", String(bytes)),
      Uint8Array.of(...varint((TENSOR_DATA_LOCATION << 3) | VARINT), LOCATION_EXTERNAL),
    ];
  });
}

function isMessage({ number, type }: Field, expected: number): boolean {
  return number === expected && type === LENGTH_DELIMITED;
}

/** One field of a message. */
type Field = {
  readonly number: number;
  readonly type: number;
  /** Where the content starts, after the key and the length. */
  readonly start: number;
  readonly end: number;
};

/** @throws RangeError if the field runs past `limit` or has an unknown type */
function readField(file: Uint8Array, at: number, limit: number): Field {
  const key = readVarint(file, at);
  const number = Math.floor(key.value / 8);
  const type = key.value % 8;
  let { next: start } = key;
  let end: number;
  if (type === LENGTH_DELIMITED) {
    const length = readVarint(file, start);
    start = length.next;
    end = start + length.value;
  } else if (type === VARINT) end = readVarint(file, start).next;
  else if (type === FIXED64) end = start + 8;
  else if (type === FIXED32) end = start + 4;
  else throw new RangeError("The field has an unknown type.");
  if (end > limit) throw new RangeError("The field is longer than its message.");
  return { number, type, start, end };
}

/** @throws RangeError if the number is cut off or has more than 10 bytes */
function readVarint(file: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let next = at; next < at + 10; ) {
    const byte = file[next++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next };
    scale *= 128;
  }
  throw new RangeError("The number is incomplete.");
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...varint(Math.floor(value / 128))];
}

/** A length-delimited field around `content`. */
function wrap(number: number, content: Parts): Parts {
  const length = content.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return [Uint8Array.of(...varint(number * 8 + LENGTH_DELIMITED), ...varint(length)), ...content];
}

/** A `StringStringEntryProto` of a tensor's `external_data`. */
function entry(key: string, value: string): Parts {
  const text = (number: number, content: string) =>
    wrap(number, [new TextEncoder().encode(content)]);
  return wrap(TENSOR_EXTERNAL_DATA, [...text(ENTRY_KEY, key), ...text(ENTRY_VALUE, value)]);
}
