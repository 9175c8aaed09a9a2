/** Networks with the shapes of well-known ones and made-up weights, as ONNX files. */
import type { Graph } from "../../src/graphs/graph.ts";
import { GraphBuilder } from "../../src/graphs/graph-builder.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";

const SIDE = 224;
const CLASSES = 1000;

/** A convolution: its channels, kernel, stride and groups. */
type Convolution = {
  readonly into: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
};

class MadeUp {
  readonly #builder = new GraphBuilder();
  #seed = 1;
  #count = 0;

  /** Adds a node, and returns the name of its output. */
  add(
    ...[operator, inputs, attributes]: [string, readonly string[], Graph["nodes"][0]["attributes"]?]
  ) {
    return this.#builder.add(operator, inputs, this.name(operator), attributes);
  }

  convolve(input: string, { into, out, kernel, stride = 1, groups = 1 }: Convolution): string {
    const fan = (into / groups) * kernel * kernel;
    const name = this.name("weight");
    const shape = [out, into / groups, kernel, kernel];
    const weight = this.#builder.floats(
      name,
      shape,
      this.#random(out * fan, 2 * Math.sqrt(2 / fan)),
    );
    const bias = this.#builder.floats(`${name}.bias`, [out], this.#random(out, 0.2));
    const pad = (kernel - 1) / 2;
    return this.add("Conv", [input, weight, bias], {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
      group: { int: groups },
    });
  }

  relu(input: string): string {
    return this.add("Relu", [input]);
  }

  halve(input: string): string {
    return this.add("MaxPool", [input], {
      kernel_shape: { ints: [3, 3] },
      strides: { ints: [2, 2] },
      pads: { ints: [1, 1, 1, 1] },
    });
  }

  /** Mixes the channels of two halves. */
  shuffle(input: string, channels: number, side: number): string {
    const apart = this.#builder.integers(this.name("apart"), [1, 2, channels / 2, side, side]);
    const whole = this.#builder.integers(this.name("whole"), [1, channels, side, side]);
    const groups = this.add("Reshape", [input, apart]);
    const turned = this.add("Transpose", [groups], { perm: { ints: [0, 2, 1, 3, 4] } });
    return this.add("Reshape", [turned, whole]);
  }

  slice(input: string, from: number, to: number): string {
    const lists = [[from], [to], [1]].map((list) =>
      this.#builder.integers(this.name("list"), list),
    );
    return this.add("Slice", [input, ...lists]);
  }

  classify(features: string, width: number): Uint8Array {
    const pooled = this.add("GlobalAveragePool", [features]);
    const embedding = this.add("Flatten", [pooled], { axis: { int: 1 } });
    const size = CLASSES * width;
    const weight = this.#builder.floats("fc", [CLASSES, width], this.#random(size, 1));
    const bias = this.#builder.floats("fc.bias", [CLASSES], this.#random(CLASSES, 0.2));
    this.#builder.add("Gemm", [embedding, weight, bias], "logits", { transB: { int: 1 } });
    const input = { name: "input", shape: [1, 3, SIDE, SIDE] };
    const outputs = [{ name: "logits", shape: [1, CLASSES] }];
    return writeModel(this.#builder.build("made-up", input, outputs));
  }

  name(kind: string): string {
    return `${kind}.${this.#count++}`;
  }

  /** The same numbers each time, from -range / 2 to range / 2, by the generator of Park and Miller. */
  #random(length: number, range: number): Float32Array {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      this.#seed = (this.#seed * 48_271) % 2_147_483_647;
      values[i] = (this.#seed / 2_147_483_647 - 0.5) * range;
    }
    return values;
  }
}

/** Four stages of bottlenecks, 3-4-6-3. */
export function makeResNet50(): Uint8Array {
  const made = new MadeUp();
  let at = made.halve(
    made.relu(made.convolve("input", { into: 3, out: 64, kernel: 7, stride: 2 })),
  );
  let into = 64;
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const inner = 64 * 2 ** stage;
    const out = 4 * inner;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const narrow = made.relu(made.convolve(at, { into, out: inner, kernel: 1 }));
      const middle = made.relu(
        made.convolve(narrow, { into: inner, out: inner, kernel: 3, stride }),
      );
      const wide = made.convolve(middle, { into: inner, out, kernel: 1 });
      const shortcut = block === 0 ? made.convolve(at, { into, out, kernel: 1, stride }) : at;
      at = made.relu(made.add("Add", [wide, shortcut]));
      into = out;
    }
  }
  return made.classify(at, into);
}

/** ShuffleNetV2 x1.0: channels split, shuffled and joined. */
export function makeShuffleNet(): Uint8Array {
  const made = new MadeUp();
  const pointwise = (at: string, into: number, out: number) =>
    made.relu(made.convolve(at, { into, out, kernel: 1 }));
  const depthwise = (at: string, channels: number, stride: number) =>
    made.convolve(at, { into: channels, out: channels, kernel: 3, stride, groups: channels });
  let at = made.halve(
    made.relu(made.convolve("input", { into: 3, out: 24, kernel: 3, stride: 2 })),
  );
  let into = 24;
  let side = 56;
  for (const [stage, units] of [4, 8, 4].entries()) {
    const out = 116 * 2 ** stage;
    const half = out / 2;
    side /= 2;
    const left = pointwise(depthwise(at, into, 2), into, half);
    const right = pointwise(depthwise(pointwise(at, into, half), half, 2), half, half);
    at = made.shuffle(made.add("Concat", [left, right], { axis: { int: 1 } }), out, side);
    for (let unit = 1; unit < units; unit++) {
      const kept = made.slice(at, 0, half);
      const inner = pointwise(made.slice(at, half, out), half, half);
      const changed = pointwise(depthwise(inner, half, 1), half, half);
      at = made.shuffle(made.add("Concat", [kept, changed], { axis: { int: 1 } }), out, side);
    }
    into = out;
  }
  return made.classify(pointwise(at, into, 1024), 1024);
}
