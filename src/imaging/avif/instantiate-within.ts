/** Starts WebAssembly with a limit on its memory. */

const PAGE_BYTES = 65_536;

/** WebAssembly wanted more memory than it may have. */
export class MemoryLimitError extends Error {
  constructor(maxBytes: number) {
    super(`WebAssembly asks for more than ${maxBytes} bytes.`);
  }
}

/**
 * Instantiates a module of Emscripten. Code that wants more memory is stopped with an exception: a decoder
 * that is told that there is none may go on with an incomplete picture.
 *
 * @param imports - functions of JavaScript that the module calls to grow its memory, among others
 */
export function instantiateWithin(
  maxBytes: number,
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Instance {
  let refused = false;
  const instance = new WebAssembly.Instance(module, guard(imports));
  for (const memory of Object.values(instance.exports)) {
    if (memory instanceof WebAssembly.Memory) memory.grow = (pages) => grow(memory, pages);
  }
  return instance;

  function grow(memory: WebAssembly.Memory, pages: number): number {
    refused = memory.buffer.byteLength + pages * PAGE_BYTES > maxBytes;
    if (refused) throw new MemoryLimitError(maxBytes);
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
  }

  /** Emscripten's JavaScript catches the exception, tries less, and at last reports failure. */
  function guard(modules: WebAssembly.Imports): WebAssembly.Imports {
    const guarded: WebAssembly.Imports = {};
    for (const [name, functions] of Object.entries(modules)) {
      const entries = Object.entries(functions).map(([key, value]) => {
        if (typeof value !== "function") return [key, value] as const;
        const call = (...args: unknown[]) => {
          const result: unknown = value(...args);
          if (refused) throw new MemoryLimitError(maxBytes);
          return result;
        };
        return [key, call] as const;
      });
      guarded[name] = Object.fromEntries(entries);
    }
    return guarded;
  }
}
