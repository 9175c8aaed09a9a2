/** What runs graphs, behind plain arrays: see engines/ for the implementations. */

/** A tensor, row-major; `type` as ONNX Runtime names element types: "float32", "int64", … */
export type RuntimeTensor = {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | { readonly length: number };
};

/** A graph that is ready to run. */
export type RuntimeSession = {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Runs must not overlap.
   *
   * @param inputs - float32 tensors by name
   * @param outputs - names of the tensors to return; all outputs if absent
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
  /** Makes a session from the bytes of a graph; rejects if the runtime cannot use it. */
  createSession(model: Uint8Array): Promise<RuntimeSession>;
  /** Bytes of memory that the runtime holds; a WebAssembly heap only grows. */
  heapBytes(): number;
};
