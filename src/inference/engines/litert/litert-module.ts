/**
 * LiteRT as its WebAssembly exports it (@litertjs/core 2.5). The JavaScript API of the package keeps one
 * instance for ever and expects a browser. Through this interface an instance can be given up with its memory.
 */

/** An object in WebAssembly's memory, which must be deleted. */
type Held = { delete(): void };

/** A value of an enumeration. */
type Enum = { readonly value: number };

/** A list in WebAssembly's memory. */
export type LitertVector<Value> = Held & {
  size(): number;
  get(index: number): Value;
  push_back(value: Value): void;
};

export type LitertLayout = Held & { dimensions(): LitertVector<number> };

export type LitertTensorType = Held & {
  elementType(): Enum;
  layout(): LitertLayout;
  bytes(): number;
};

export type LitertBuffer = Held & {
  tensorType(): LitertTensorType;
  packedSize(): number;
  /** @returns the address of the first element, valid until `unlock` */
  lock(mode: Enum): number;
  unlock(): void;
};

export type LitertSignature = Held & {
  inputNames(): LitertVector<string>;
  outputNames(): LitertVector<string>;
};

export type LitertModel = Held & {
  getSignature(index: number): LitertSignature;
  getInputTensorType(signature: number, input: number): LitertTensorType;
};

export type LitertCompiledModel = Held & {
  /** A promise with a GPU only. */
  run(signature: number, inputs: readonly LitertBuffer[]): LitertBuffer[] | Promise<LitertBuffer[]>;
};

export type LitertEnvironment = Held;

export type LitertModule = {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  setupLogging(): void;
  readonly VectorInt32: new () => LitertVector<number>;
  readonly LiteRtEnvironment: { create(webGpuDevice: null): LitertEnvironment };
  readonly LiteRtLayout: { create(dimensions: LitertVector<number>): LitertLayout };
  readonly LiteRtRankedTensorType: { create(type: Enum, layout: LitertLayout): LitertTensorType };
  readonly LiteRtTensorBuffer: {
    createManaged(
      environment: LitertEnvironment,
      memory: Enum,
      type: LitertTensorType,
      bytes: number,
    ): LitertBuffer;
  };
  readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: Enum };
  readonly LiteRtTensorBufferLockMode: { readonly READ: Enum; readonly WRITE: Enum };
  loadModel(environment: LitertEnvironment, address: number, bytes: number): LitertModel;
  compileModel(
    environment: LitertEnvironment,
    model: LitertModel,
    options: object,
  ): Promise<LitertCompiledModel>;
};

export type ReceiveInstance = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** Options of the loader, which Emscripten has written. */
export type LitertOptions = {
  locateFile(name: string): string;
  print(): void;
  printErr(): void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: ReceiveInstance,
  ): WebAssembly.Instance["exports"];
};

/** `litert_wasm_internal.js` of the package: a CommonJS module. */
export type LoadLitert = (options: LitertOptions) => Promise<LitertModule>;

/** In the enumeration of element types. */
export const FLOAT32: Enum = { value: 1 };

/** Calls `use`, and deletes the object in any case. */
export function withHeld<Object extends Held, Value>(
  object: Object,
  use: (object: Object) => Value,
): Value {
  try {
    return use(object);
  } finally {
    object.delete();
  }
}

/** Copies a list, and deletes it. */
export function takeVector<Value>(vector: LitertVector<Value>): Value[] {
  return withHeld(vector, () => Array.from({ length: vector.size() }, (_, i) => vector.get(i)));
}
