/** The interface to the engines that run graphs, with plain arrays; engines/ has the implementations. */

/** A row-major tensor. */
export type RuntimeTensor = {
  /** The element type as ONNX Runtime names it, such as "float32" or "int64". */
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | { readonly length: number };
};

/** A loaded graph. */
export type RuntimeSession = {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Runs must not overlap.
   *
   * @param inputs - float32 tensors by name
   * @param outputs - the names of the tensors to return; all outputs if absent
   */
  run(
    inputs: Readonly<
      Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
    >,
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
