import { describe, expect, it } from "vitest";
import { instantiateWithin, MemoryLimitError } from "../../src/imaging/avif/instantiate-within.ts";

const PAGE = 65_536;
/** Exports a memory `m` of one page, and `f`, which returns what the import `a.b` returns. */
const MODULE = new WebAssembly.Module(
  Uint8Array.from(
    Buffer.from(
      "0061736d01000000010501600001 7f0207010161016200000302010005030100010709 02016d02000166000 10a0601040010000b".replaceAll(
        " ",
        "",
      ),
      "hex",
    ),
  ),
);

/** Grows the memory page by page as Emscripten's JavaScript does it: a failure becomes a 0. */
function start(maxPages: number, pages: number) {
  let memory: WebAssembly.Memory;
  const grow = () => {
    try {
      memory.grow(pages);
      return 1;
    } catch {
      return 0;
    }
  };
  const { exports } = instantiateWithin(maxPages * PAGE, MODULE, { a: { b: grow } });
  memory = exports.m as WebAssembly.Memory;
  return { memory, run: exports.f as () => number };
}

describe("a WebAssembly instance with a limit on its memory", () => {
  it("grows up to the limit", () => {
    const { memory, run } = start(3, 2);
    expect(run()).toBe(1);
    expect(memory.buffer.byteLength).toBe(3 * PAGE);
  });

  it("is stopped beyond it, whatever its JavaScript makes of the failure", () => {
    const { memory, run } = start(3, 3);
    expect(run).toThrow(MemoryLimitError);
    expect(memory.buffer.byteLength).toBe(PAGE);
  });
});
