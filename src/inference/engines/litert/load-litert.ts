import { replaceProperty } from "../replace-property.ts";
import type { LitertModule, LitertOptions, LoadLitert } from "./litert-module.ts";

type Define = { (dependencies: readonly string[], make: () => LoadLitert): void; amd: object };

let importing: Promise<LoadLitert> | undefined;

/**
 * Runs the loader of @litertjs/core, which is imported when it is first called.
 *
 * @throws Error if the package's script has changed, so that it cannot be imported any more
 */
export async function loadLitert(options: LitertOptions): Promise<LitertModule> {
  importing ??= importScript();
  const load = await importing.catch((error: unknown) => {
    importing = undefined;
    throw error;
  });
  return hidingPlatform(() => load(options));
}

/**
 * The script is UMD, but its package says that all its files are ES modules. Bundlers and Node therefore run it
 * without `module`, and it exports nothing. It then offers itself to an AMD loader: this one. Vitest provides
 * `module` to every file.
 */
async function importScript(): Promise<LoadLitert> {
  let defined: LoadLitert | undefined;
  const define: Define = (_, make) => {
    defined = make();
  };
  define.amd = {};
  const restore = replaceProperty(globalThis, "define", define);
  let script: Partial<typeof import("@litertjs/core/wasm/litert_wasm_internal.js")>;
  try {
    script = await import("@litertjs/core/wasm/litert_wasm_internal.js");
  } finally {
    restore();
  }
  const load = defined ?? script.default;
  if (!load) {
    throw new Error(
      "The script of LiteRT did not offer its loader. This version of @litertjs/core is packaged differently. Adapt src/inference/engines/litert to it.",
    );
  }
  return load;
}

/**
 * Hides the platform from the loader while it finds out where it runs. It would look for the address of its
 * script, which a bundle has not. Electron's renderer is what it takes for Node without a file system.
 */
function hidingPlatform<Value>(load: () => Value): Value {
  const { process } = globalThis as { readonly process?: object };
  const restore = [
    replaceProperty(globalThis, "WorkerGlobalScope", undefined),
    ...(process ? [replaceProperty(process, "type", "renderer")] : []),
  ];
  try {
    return load();
  } finally {
    for (const undo of restore) undo();
  }
}
