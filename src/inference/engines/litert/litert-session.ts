import type { RuntimeSession, RuntimeTensor } from "../../runtime.ts";
import { toNchw, toNhwc } from "./layouts.ts";
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
 * Loads a .tflite file. Its images are NHWC, those of the session NCHW as with every engine.
 *
 * @throws Error if LiteRT cannot load it
 */
export async function openSession(
  litert: LitertModule,
  environment: LitertEnvironment,
  file: Uint8Array,
): Promise<RuntimeSession> {
  // The model uses its bytes in place as long as it is loaded.
  const address = litert._malloc(file.byteLength);
  if (address === 0) throw new Error(`LiteRT has no memory for ${file.byteLength} bytes.`);
  litert.HEAPU8.set(file, address);
  try {
    const model = litert.loadModel(environment, address, file.byteLength);
    const options = { ...OPTIONS, environment };
    const compiled = await litert.compileModel(environment, model, options);
    const names = withHeld(model.getSignature(SIGNATURE), (signature) => ({
      inputs: takeVector(signature.inputNames()),
      outputs: takeVector(signature.outputNames()),
    }));
    const inputShape = withHeld(model.getInputTensorType(SIGNATURE, 0), readShape);
    return {
      inputNames: names.inputs,
      outputNames: names.outputs,
      async run(inputs, outputs = names.outputs) {
        const [name = ""] = names.inputs;
        const input = inputs[name];
        if (!input) throw new Error(`The model has no input but ${name}.`);
        requireShape(toNhwcShape(input.shape), inputShape);
        const buffer = writeInput(litert, environment, input);
        const results = await runOnce(compiled, buffer);
        const read = results.map((result) => withHeld(result, () => readOutput(litert, result)));
        const entries = names.outputs.map(
          (output, i) => [output, read[i] as RuntimeTensor] as const,
        );
        return Object.fromEntries(entries.filter(([output]) => outputs.includes(output)));
      },
      async release() {
        compiled.delete();
        model.delete();
        litert._free(address);
      },
    };
  } catch (error) {
    litert._free(address);
    throw new Error(`LiteRT cannot load the model: ${String(error)}`, { cause: error });
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
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
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
  toNhwc(data, channels, new Float32Array(litert.HEAPU8.buffer, address, data.length));
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
  const values = new Float32Array(litert.HEAPU8.buffer, address, length);
  const [batch = 1, height = 0, width = 0, channels = 0] = shape;
  const tensor =
    shape.length === 4
      ? { type: "float32", shape: [batch, channels, height, width], data: toNchw(values, channels) }
      : { type: "float32", shape, data: values.slice() };
  buffer.unlock();
  return tensor;
}
