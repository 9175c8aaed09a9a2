/**
 * Counts the memory that decoding allocates outside the JavaScript heap: array buffers and WebAssembly memory.
 * workerd has no API for it, so the constructors are replaced. Buffers count as if none were freed before the
 * end, so the figure is an upper bound.
 */
type Constructor = new (...args: never[]) => ArrayBufferView;

const ARRAY_TYPES = [
  "Uint8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
] as const;

/** Starts counting; `stop` ends it and returns the bytes. */
export function trackMemory(): { stop(): number } {
  // biome-ignore lint/plugin: constructors are replaced by name
  const globals = globalThis as unknown as Record<string, Constructor>;
  const originals = ARRAY_TYPES.map((name) => [name, globals[name] as Constructor] as const);
  const { Instance } = WebAssembly;
  const slice = Uint8Array.prototype.slice;
  const memories: WebAssembly.Memory[] = [];
  let bufferBytes = 0;

  for (const [name, original] of originals) {
    globals[name] = new Proxy(original, {
      construct(target, args, newTarget) {
        const array: ArrayBufferView = Reflect.construct(target, args, newTarget);
        // A view of an existing buffer does not allocate memory.
        if (!((args[0] as unknown) instanceof ArrayBuffer)) bufferBytes += array.byteLength;
        return array;
      },
    });
  }
  Uint8Array.prototype.slice = function (...args) {
    const copy = slice.apply(this, args);
    bufferBytes += copy.byteLength;
    return copy;
  };
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args: [WebAssembly.Module, WebAssembly.Imports]) {
      const instance = new target(...args);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory) memories.push(value);
      }
      return instance;
    },
  });

  return {
    stop() {
      for (const [name, original] of originals) globals[name] = original;
      Uint8Array.prototype.slice = slice;
      WebAssembly.Instance = Instance;
      return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, bufferBytes);
    },
  };
}
