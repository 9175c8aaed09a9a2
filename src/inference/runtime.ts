/** The interface to the engines that run graphs, with plain arrays; engines/ has the implementations. */

import type { Layout } from "../imaging/layout.ts";

/** A row-major tensor. */
export type RuntimeTensor = {
  /** The element type as ONNX Runtime names it, such as "float32" or "int64". */
  readonly type: string;
  readonly shape: readonly number[];
  /** It may be made when it is first read. */
  readonly data: Float32Array | { readonly length: number };
};

/** A float32 tensor for a graph. */
export type RuntimeInput = {
  /** [N, C, H, W] for images, whatever the layout of the data. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Of the images in `data`; NCHW if absent. */
  readonly layout?: Layout;
};

/** A loaded graph. */
export type RuntimeSession = {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Runs must not overlap.
   *
   * @param inputs - by name
   * @param outputs - the names of the tensors to return; all outputs if absent
   */
  run(
    inputs: Readonly<Record<string, RuntimeInput>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
};

/** A started runtime. */
export type Runtime = {
  /** The name of the engine, for messages. */
  readonly name: string;
  /** Makes a session from the bytes of a graph; rejects if the runtime cannot load it. */
  createSession(model: Uint8Array): Promise<RuntimeSession>;
  /** Bytes of memory that the runtime holds. A WebAssembly heap never shrinks. */
  heapBytes(): number;
};
