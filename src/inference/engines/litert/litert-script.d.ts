/** The loader of LiteRT's WebAssembly, made by Emscripten: a UMD script. */
declare module "@litertjs/core/wasm/litert_wasm_internal.js" {
  /** Only if the script runs as CommonJS. */
  const load: import("./litert-module.ts").LoadLitert | undefined;
  export default load;
}
