/** A session of ONNX Runtime: from the bytes of a graph to tensors. */
import { toNchw } from "../../../imaging/layout.ts";
import type { RuntimeInput, RuntimeSession, RuntimeTensor } from "../../runtime.ts";
import { type OrtModule, POINTER_BYTES, requireOk, withStack } from "./ort-module.ts";

export type SessionSource = {
  /** An ONNX file. */
  readonly graph: Uint8Array;
  /** The file that the graph refers to as `weightsPath`, if its weights are not in it. */
  readonly weights?: Uint8Array;
  readonly weightsPath?: string;
};

type Inputs = Readonly<Record<string, RuntimeInput>>;

/** `GraphOptimizationLevel::ORT_ENABLE_ALL` */
const OPTIMIZE_ALL = 99;
const SEQUENTIAL = 0;
/** Warnings and worse go to the console: there are none that callers can act on. */
const LOG_ERRORS = 3;
/** The weights do not go through the arena, which would grow in steps that are larger than they are. */
const CONFIG: Readonly<Record<string, string>> = {
  "session.use_device_allocator_for_initializers": "1",
};
const FLOAT32 = 1;
const ON_CPU = 1;

type TensorKind = {
  readonly name: string;
  readonly View: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBuffer): RuntimeTensor["data"];
  };
};

/** The element types of `TensorProto.DataType` that a Worker can hand out. */
const TENSOR_KINDS: Readonly<Record<number, TensorKind>> = {
  [FLOAT32]: { name: "float32", View: Float32Array },
  2: { name: "uint8", View: Uint8Array },
  3: { name: "int8", View: Int8Array },
  4: { name: "uint16", View: Uint16Array },
  5: { name: "int16", View: Int16Array },
  6: { name: "int32", View: Int32Array },
  7: { name: "int64", View: BigInt64Array },
  9: { name: "bool", View: Uint8Array },
  10: { name: "float16", View: Uint16Array },
  11: { name: "float64", View: Float64Array },
  12: { name: "uint32", View: Uint32Array },
  13: { name: "uint64", View: BigUint64Array },
};

/** @throws Error if the runtime cannot load the graph */
export async function openSession(ort: OrtModule, source: SessionSource): Promise<RuntimeSession> {
  const session = await createSession(ort, source);
  const { inputs, outputs } = readNames(ort, session);
  return {
    inputNames: [...inputs.keys()],
    outputNames: [...outputs.keys()],
    run: async (feeds, wanted = [...outputs.keys()]) =>
      run(ort, session, feeds, {
        inputNames: Object.keys(feeds).map((name) => pointerTo(inputs, name, "input")),
        outputs: wanted.map((name) => [name, pointerTo(outputs, name, "output")]),
      }),
    release: async () => {
      for (const pointer of [...inputs.values(), ...outputs.values()]) ort._OrtFree(pointer);
      requireOk(ort, ort._OrtReleaseSession(session) === 0, "release a session");
    },
  };
}

async function createSession(ort: OrtModule, source: SessionSource): Promise<number> {
  const options = createOptions(ort);
  const graph = copyIn(ort, source.graph);
  try {
    if (source.weights && source.weightsPath !== undefined) {
      ort.mountExternalData(source.weightsPath, source.weights);
    }
    const session = await ort._OrtCreateSession(graph, source.graph.byteLength, options);
    requireOk(ort, session !== 0, "load the graph");
    return session;
  } finally {
    // Otherwise the instance would keep the file.
    ort.unmountExternalData();
    ort._free(graph);
    ort._OrtReleaseSessionOptions(options);
  }
}

function createOptions(ort: OrtModule): number {
  // The arena reuses the memory of freed tensors. That suits a Worker, which runs one image at a time.
  const options = ort._OrtCreateSessionOptions(
    OPTIMIZE_ALL,
    true,
    true,
    SEQUENTIAL,
    false,
    0,
    0,
    LOG_ERRORS,
    0,
    0,
  );
  requireOk(ort, options !== 0, "make session options");
  for (const [key, value] of Object.entries(CONFIG)) {
    const [keyPointer, valuePointer] = [copyText(ort, key), copyText(ort, value)];
    const code = ort._OrtAddSessionConfigEntry(options, keyPointer, valuePointer);
    ort._free(keyPointer);
    ort._free(valuePointer);
    requireOk(ort, code === 0, `set ${key}`);
  }
  return options;
}

/** Pointers to the names, as the runtime wants them, by name. */
type Names = ReadonlyMap<string, number>;

function readNames(ort: OrtModule, session: number): { inputs: Names; outputs: Names } {
  const counts = withStack(ort, 2 * POINTER_BYTES, (at) => {
    const code = ort._OrtGetInputOutputCount(session, at, at + POINTER_BYTES);
    requireOk(ort, code === 0, "count inputs and outputs");
    return [ort.getValue(at, "i32"), ort.getValue(at + POINTER_BYTES, "i32")] as const;
  });
  const [inputCount, outputCount] = counts;
  const names = (first: number, count: number) =>
    new Map(Array.from({ length: count }, (_, i) => readName(ort, session, first + i)));
  return { inputs: names(0, inputCount), outputs: names(inputCount, outputCount) };
}

function readName(ort: OrtModule, session: number, index: number): [string, number] {
  return withStack(ort, 2 * POINTER_BYTES, (at) => {
    const code = ort._OrtGetInputOutputMetadata(session, index, at, at + POINTER_BYTES);
    requireOk(ort, code === 0, "read the name of an input or output");
    const name = ort.getValue(at, "*");
    const facts = ort.getValue(at + POINTER_BYTES, "*");
    if (facts !== 0) ort._OrtFree(facts);
    return [ort.UTF8ToString(name), name];
  });
}

function pointerTo(names: Names, name: string, what: string): number {
  const pointer = names.get(name);
  if (pointer === undefined) {
    throw new Error(`The graph has no ${what} "${name}". It has ${[...names.keys()].join(", ")}.`);
  }
  return pointer;
}

type Wanted = {
  /** Pointers to the names of the inputs. */
  readonly inputNames: readonly number[];
  /** The names of the outputs, and pointers to them. */
  readonly outputs: readonly (readonly [name: string, pointer: number])[];
};

async function run(
  ort: OrtModule,
  session: number,
  feeds: Inputs,
  { inputNames, outputs }: Wanted,
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  const tensors: number[] = [];
  const buffers: number[] = [];
  const options = ort._OrtCreateRunOptions(LOG_ERRORS, 0, false, 0);
  try {
    requireOk(ort, options !== 0, "make run options");
    for (const { shape, ...input } of Object.values(feeds)) {
      const data = input.layout === "NHWC" ? toNchw(input.data, shape[1] ?? 1) : input.data;
      const buffer = copyIn(ort, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      buffers.push(buffer);
      tensors.push(createTensor(ort, buffer, data.byteLength, shape));
    }
    const feedCount = tensors.length;
    const results = allocate(ort, outputs.length * POINTER_BYTES);
    outputs.forEach((_, i) => {
      ort.setValue(results + i * POINTER_BYTES, 0, "*");
    });
    const lists = [
      copyPointers(ort, inputNames),
      copyPointers(ort, tensors),
      copyPointers(
        ort,
        outputs.map(([, pointer]) => pointer),
      ),
    ] as const;
    buffers.push(results, ...lists);
    const [names, inputs, outputNames] = lists;
    const code = await ort._OrtRun(
      session,
      names,
      inputs,
      feedCount,
      outputNames,
      outputs.length,
      results,
      options,
    );
    requireOk(ort, code === 0, "run the graph");
    for (let i = 0; i < outputs.length; i++) {
      tensors.push(ort.getValue(results + i * POINTER_BYTES, "*"));
    }
    return Object.fromEntries(
      outputs.map(([name], i) => [name, readTensor(ort, tensors[feedCount + i] as number)]),
    );
  } finally {
    for (const tensor of tensors) ort._OrtReleaseTensor(tensor);
    for (const buffer of buffers) ort._free(buffer);
    if (options !== 0) ort._OrtReleaseRunOptions(options);
  }
}

function createTensor(
  ort: OrtModule,
  data: number,
  bytes: number,
  shape: readonly number[],
): number {
  return withStack(ort, shape.length * POINTER_BYTES, (dimensions) => {
    shape.forEach((size, i) => {
      ort.setValue(dimensions + i * POINTER_BYTES, size, "i32");
    });
    const tensor = ort._OrtCreateTensor(FLOAT32, data, bytes, dimensions, shape.length, ON_CPU);
    requireOk(ort, tensor !== 0, "make a tensor");
    return tensor;
  });
}

function readTensor(ort: OrtModule, tensor: number): RuntimeTensor {
  return withStack(ort, 4 * POINTER_BYTES, (facts) => {
    const at = (i: number) => facts + i * POINTER_BYTES;
    const code = ort._OrtGetTensorData(tensor, at(0), at(1), at(2), at(3));
    requireOk(ort, code === 0, "read an output");
    const type = ort.getValue(at(0), "i32");
    const data = ort.getValue(at(1), "*");
    const dimensions = ort.getValue(at(2), "*");
    const shape = Array.from({ length: ort.getValue(at(3), "i32") }, (_, i) =>
      ort.getValue(dimensions + i * POINTER_BYTES, "i32"),
    );
    ort._OrtFree(dimensions);
    const kind = TENSOR_KINDS[type];
    if (!kind) throw new Error(`An output has the element type ${type}, which is not supported.`);
    const { name, View } = kind;
    const bytes = shape.reduce((product, size) => product * size, View.BYTES_PER_ELEMENT);
    // A copy in unshared memory, which stays as it is when the heap is reused.
    const copy = new Uint8Array(bytes);
    copy.set(ort.HEAPU8.subarray(data, data + bytes));
    return { type: name, shape, data: new View(copy.buffer) };
  });
}

function copyPointers(ort: OrtModule, pointers: readonly number[]): number {
  const list = allocate(ort, pointers.length * POINTER_BYTES);
  pointers.forEach((pointer, i) => {
    ort.setValue(list + i * POINTER_BYTES, pointer, "*");
  });
  return list;
}

function copyIn(ort: OrtModule, bytes: Uint8Array): number {
  const pointer = allocate(ort, bytes.byteLength);
  ort.HEAPU8.set(bytes, pointer);
  return pointer;
}

function copyText(ort: OrtModule, text: string): number {
  const bytes = ort.lengthBytesUTF8(text) + 1;
  const pointer = allocate(ort, bytes);
  ort.stringToUTF8(text, pointer, bytes);
  return pointer;
}

/** @throws RangeError if there is no memory left */
function allocate(ort: OrtModule, bytes: number): number {
  const pointer = ort._malloc(Math.max(1, bytes));
  if (pointer === 0) throw new RangeError(`ONNX Runtime has no memory for ${bytes} bytes.`);
  return pointer;
}
