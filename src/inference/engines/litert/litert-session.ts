import { toNchw, toNhwc } from "../../../imaging/layout.ts";
import type { RuntimeInput, RuntimeSession, RuntimeTensor } from "../../runtime.ts";
import { requireIntact } from "./checksum.ts";
import {
  FLOAT32,
  type LitertBuffer,
  type LitertCompiledModel,
  type LitertEnvironment,
  type LitertModule,
  type LitertTensorType,
  takeVector,
  withHeld,
} from "./litert-module.ts";

const SIGNATURE = 0;
const OPTIONS = {
  accelerator: "wasm",
  cpuOptions: { numThreads: 1 },
  gpuOptions: {},
  webNNOptions: {},
};

/**
 * Loads a .tflite file. Its images are NHWC. The shapes and the outputs of the session are NCHW, as with every engine.
 *
 * @param file - with the checksum of addChecksum
 * @throws Error if the file is damaged, or LiteRT cannot load it
 */
export async function openSession(
  litert: LitertModule,
  environment: LitertEnvironment,
  file: Uint8Array,
): Promise<RuntimeSession> {
  const held = await load(litert, environment, file).catch((error: unknown) => {
    throw new Error(`LiteRT cannot load the model: ${String(error)}`, { cause: error });
  });
  const { compiled, inputShape, inputNames, outputNames, release } = held;
  return {
    inputNames,
    outputNames,
    async run(inputs, outputs = outputNames) {
      const [name = ""] = inputNames;
      const input = inputs[name];
      if (!input) throw new Error(`The model has no input but ${name}.`);
      requireShape(toNhwcShape(input.shape), inputShape);
      const buffer = writeInput(litert, environment, input);
      const results = await runOnce(compiled, buffer);
      try {
        const entries = outputNames.flatMap((output, i) =>
          outputs.includes(output)
            ? [[output, readOutput(litert, results[i] as LitertBuffer)] as const]
            : [],
        );
        return Object.fromEntries(entries);
      } finally {
        for (const result of results) result.delete();
      }
    },
    async release() {
      release();
    },
  };
}

async function load(litert: LitertModule, environment: LitertEnvironment, file: Uint8Array) {
  // The model uses its bytes in place as long as it is loaded.
  const address = litert._malloc(file.byteLength);
  if (address === 0) throw new Error(`LiteRT has no memory for ${file.byteLength} bytes.`);
  const held: (() => void)[] = [() => litert._free(address)];
  const release = () => {
    for (const free of held.splice(0).reverse()) free();
  };
  try {
    litert.HEAPU8.set(file, address);
    const bytes = requireIntact(litert.HEAPU8.subarray(address, address + file.byteLength));
    const model = litert.loadModel(environment, address, bytes);
    held.push(() => model.delete());
    const compiled = await litert.compileModel(environment, model, { ...OPTIONS, environment });
    held.push(() => compiled.delete());
    const inputShape = withHeld(model.getInputTensorType(SIGNATURE, 0), readShape);
    return withHeld(model.getSignature(SIGNATURE), (signature) => ({
      compiled,
      inputShape,
      release,
      inputNames: takeVector(signature.inputNames()),
      outputNames: takeVector(signature.outputNames()),
    }));
  } catch (error) {
    release();
    throw error;
  }
}

async function runOnce(
  compiled: LitertCompiledModel,
  input: LitertBuffer,
): Promise<LitertBuffer[]> {
  try {
    return await compiled.run(SIGNATURE, [input]);
  } finally {
    input.delete();
  }
}

function writeInput(
  litert: LitertModule,
  environment: LitertEnvironment,
  { shape, data, layout: given = "NCHW" }: RuntimeInput,
): LitertBuffer {
  const [, channels = 0] = shape;
  const dimensions = new litert.VectorInt32();
  for (const size of toNhwcShape(shape)) dimensions.push_back(size);
  const layout = withHeld(dimensions, () => litert.LiteRtLayout.create(dimensions));
  const type = withHeld(layout, () => litert.LiteRtRankedTensorType.create(FLOAT32, layout));
  const { HOST_MEMORY } = litert.LiteRtTensorBufferType;
  const buffer = withHeld(type, () =>
    litert.LiteRtTensorBuffer.createManaged(environment, HOST_MEMORY, type, data.byteLength),
  );
  const address = buffer.lock(litert.LiteRtTensorBufferLockMode.WRITE);
  const target = new Float32Array(litert.HEAPU8.buffer, address, data.length);
  if (given === "NHWC") target.set(data);
  else toNhwc(data, channels, target);
  buffer.unlock();
  return buffer;
}

/** LiteRT takes inputs of any size, and reads beyond their end if they are too small. */
function requireShape(actual: readonly number[], expected: readonly number[]): void {
  if (actual.length === expected.length && actual.every((size, i) => size === expected[i])) return;
  throw new Error(`The model takes an input of [${expected}] (NHWC), not of [${actual}].`);
}

function toNhwcShape([batch = 1, channels = 0, height = 0, width = 0]: readonly number[]) {
  return [batch, height, width, channels];
}

function readShape(type: LitertTensorType): number[] {
  return withHeld(type.layout(), (layout) => takeVector(layout.dimensions()));
}

function readOutput(litert: LitertModule, buffer: LitertBuffer): RuntimeTensor {
  const shape = withHeld(buffer.tensorType(), (type) => {
    if (type.elementType().value !== FLOAT32.value) throw new Error("An output is not float32.");
    return readShape(type);
  });
  const address = buffer.lock(litert.LiteRtTensorBufferLockMode.READ);
  const length = buffer.packedSize() / Float32Array.BYTES_PER_ELEMENT;
  const data = new Float32Array(litert.HEAPU8.buffer, address, length).slice();
  buffer.unlock();
  return shape.length === 4 ? new FeatureTensor(shape, data) : { type: "float32", shape, data };
}

/** Features are converted only if they are read: few requests draw a heat map. */
class FeatureTensor implements RuntimeTensor {
  readonly type = "float32";
  readonly shape: readonly number[];
  readonly #nhwc: Float32Array;
  #nchw: Float32Array | undefined;

  constructor(
    [batch = 1, height = 0, width = 0, channels = 0]: readonly number[],
    nhwc: Float32Array,
  ) {
    this.shape = [batch, channels, height, width];
    this.#nhwc = nhwc;
  }

  get data(): Float32Array {
    this.#nchw ??= toNchw(this.#nhwc, this.shape[1] ?? 1);
    return this.#nchw;
  }
}
