/**
 * ONNX Runtime as its WebAssembly exports it (onnxruntime-web 1.30, `wasm-types.ts`). The JavaScript API
 * of the package keeps one instance for ever, and WebAssembly memory never shrinks. Through this
 * interface an instance can be given up, with all its memory, and another one started.
 */

/** Pointers and handles are numbers; 0 is none. */
export type OrtModule = {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  stackSave(): number;
  stackAlloc(bytes: number): number;
  stackRestore(stack: number): void;
  getValue(pointer: number, type: "i32" | "*"): number;
  setValue(pointer: number, value: number, type: "i32" | "*"): void;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, maxBytes: number): void;
  lengthBytesUTF8(text: string): number;
  mountExternalData(path: string, data: Uint8Array): void;
  unmountExternalData(): void;
  /** 0 if it succeeds, like all functions that do not return a handle. */
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(code: number, message: number): void;
  _OrtCreateSessionOptions(
    graphOptimizationLevel: number,
    enableCpuMemArena: boolean,
    enableMemPattern: boolean,
    executionMode: number,
    enableProfiling: boolean,
    profileFilePrefix: number,
    logId: number,
    logSeverityLevel: number,
    logVerbosityLevel: number,
    optimizedModelFilePath: number,
  ): number;
  _OrtAddSessionConfigEntry(options: number, key: number, value: number): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(data: number, bytes: number, options: number): number | Promise<number>;
  _OrtReleaseSession(session: number): number;
  _OrtGetInputOutputCount(session: number, inputs: number, outputs: number): number;
  _OrtGetInputOutputMetadata(session: number, index: number, name: number, facts: number): number;
  _OrtFree(pointer: number): number;
  _OrtCreateTensor(
    type: number,
    data: number,
    bytes: number,
    dimensions: number,
    rank: number,
    location: number,
  ): number;
  _OrtGetTensorData(
    tensor: number,
    type: number,
    data: number,
    dimensions: number,
    rank: number,
  ): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtCreateRunOptions(
    severity: number,
    verbosity: number,
    terminate: boolean,
    tag: number,
  ): number;
  _OrtReleaseRunOptions(options: number): void;
  _OrtRun(
    session: number,
    inputNames: number,
    inputs: number,
    inputCount: number,
    outputNames: number,
    outputCount: number,
    outputs: number,
    options: number,
  ): number | Promise<number>;
};

/** Size of a pointer and of an `i32` in WebAssembly's memory. */
export const POINTER_BYTES = 4;

/** @throws Error with the runtime's last error, if `isOk` is false */
export function requireOk(ort: OrtModule, isOk: boolean, what: string): void {
  if (isOk) return;
  withStack(ort, 2 * POINTER_BYTES, (facts) => {
    ort._OrtGetLastError(facts, facts + POINTER_BYTES);
    const code = ort.getValue(facts, "i32");
    const message = ort.getValue(facts + POINTER_BYTES, "*");
    const text = message === 0 ? "" : ort.UTF8ToString(message);
    throw new Error(`ONNX Runtime cannot ${what}: ${text} (code ${code}).`);
  });
}

/** Calls `use` with the address of `bytes` bytes of scratch memory. `use` must be synchronous. */
export function withStack<Value>(
  ort: OrtModule,
  bytes: number,
  use: (pointer: number) => Value,
): Value {
  const stack = ort.stackSave();
  try {
    return use(ort.stackAlloc(bytes));
  } finally {
    ort.stackRestore(stack);
  }
}
