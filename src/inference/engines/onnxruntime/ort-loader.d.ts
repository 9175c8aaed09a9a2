/** The loader of ONNX Runtime Web's WebAssembly, made by Emscripten; the package has no types for it. */
declare module "onnxruntime-web/ort-wasm-simd-threaded.mjs" {
  const load: (options: {
    readonly numThreads: number;
    readonly locateFile: (name: string) => string;
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => WebAssembly.Exports;
  }) => Promise<import("./ort-module.ts").OrtModule>;
  export default load;
}
