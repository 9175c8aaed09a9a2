/** Modules that are not code. The build resolves them, see `rules` in wrangler.toml. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.tsv" {
  const text: string;
  export default text;
}
