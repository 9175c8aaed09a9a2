/** Both heaps share the memory of an isolate. */
import { describe, expect, it } from "vitest";
import { startOwnNodeLitert } from "../../cli/platform/node-litert.ts";
import { startOwnNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { MemoryLedger } from "../../src/concurrency/memory-ledger.ts";
import { ENGINES } from "../../src/inference/engines/engine.ts";
import { DEFAULT_MEMORY_LIMITS } from "../../src/models/memory-budget.ts";
import { makeSmallModel } from "../support/small-model.ts";
import { image, serve, small, withLitertFile } from "./support/engine-models.ts";

const other = { ...small, manifest: { ...small.manifest, id: "other" } };
const OWN = { onnxruntime: startOwnNodeRuntime, litert: startOwnNodeLitert };

describe("memory", () => {
  const { heap } = ENGINES.litert;

  it("is counted for both heaps, and taken from the engine that was not used for the longest time", async () => {
    const memory = new MemoryLedger({ capacityBytes: 80e6, baseBytes: 10e6, inputBytes: 20e6 });
    const plain = await makeSmallModel({ id: "plain" });
    const { use, networks } = await serve([small, plain], {
      engines: OWN,
      memory,
    });
    const sizes = () => [networks.heapBytesOf("onnxruntime"), networks.heapBytesOf("litert")];
    await use(image);
    await use(image, "plain@1.0.0");
    const [onnxruntime = 0, litert = 0] = sizes();
    expect(onnxruntime).toBeGreaterThan(10e6);
    expect(litert).toBeGreaterThan(10e6);
    expect(memory.heldBytes).toBe(10e6 + onnxruntime + litert);
    memory
      .open()
      .reserve(70e6 - onnxruntime, "work")
      .release();
    expect(sizes()).toEqual([onnxruntime, 0]);
    await use(image);
    const hold = memory.open().reserve(70e6 - litert, "work");
    expect(sizes()).toEqual([0, litert]);
    hold.release();
    memory.open().reserve(70e6, "work").release();
    expect(sizes()).toEqual([0, 0]);
    expect((await use(image)).value.engine).toBe("litert");
    expect((await use(image, "plain@1.0.0")).value.engine).toBe("onnxruntime");
  });

  it("for another engine comes from an idle one", async () => {
    // Enough for each heap alone, but not for both.
    const memory = new MemoryLedger({ capacityBytes: 40e6, baseBytes: 10e6, inputBytes: 1e6 });
    const { use, networks } = await serve([small, await makeSmallModel({ id: "plain" })], {
      engines: OWN,
      memory,
    });
    for (let i = 0; i < 2; i++) {
      expect((await use(image)).value.engine).toBe("litert");
      expect(networks.heapBytesOf("onnxruntime")).toBe(0);
      expect((await use(image, "plain@1.0.0")).value.engine).toBe("onnxruntime");
      expect(networks.heapBytesOf("litert")).toBe(0);
    }
  });

  it("that is too small for LiteRT alone lets ONNX Runtime answer", async () => {
    const onnx = small.manifest.files.model.bytes;
    const needed = ENGINES.onnxruntime.heap;
    const heapBytes = needed.baseBytes + needed.loadingFactor * onnx + needed.activationBytes + 1;
    const large = await withLitertFile(small, new Uint8Array(heapBytes - heap.startBytes));
    const limits = { ...DEFAULT_MEMORY_LIMITS, heapBytes };
    const { use, networks, reads, lines } = await serve([large], { limits });
    expect((await use(image)).value.engine).toBe("onnxruntime");
    expect(reads.some((key) => key.endsWith(".tflite"))).toBe(false);
    expect(networks.listFallbacks()).toMatchObject([{ code: "MODEL_BUDGET" }]);
    expect(lines[0]).toMatchObject({ reason: expect.stringMatching(/heap of LiteRT/) });
  });

  it("for a model and its shadow is the sum of two heaps if they need both engines", async () => {
    const plain = await makeSmallModel({ id: "plain" });
    const both = [small.manifest, plain.manifest] as const;
    const { networks } = await serve([small, plain]);
    expect(() => networks.requireRoomForBoth(...both)).not.toThrow();
    const limits = { ...DEFAULT_MEMORY_LIMITS, heapBytes: 40e6 };
    const tight = await serve([small, plain], { limits });
    expect(() => tight.networks.requireRoomForBoth(...both)).toThrow(
      /heaps of (LiteRT and ONNX Runtime|ONNX Runtime and LiteRT).*MODEL_HEAP_BYTES/,
    );
    expect(() => tight.networks.requireRoomForBoth(small.manifest, other.manifest)).not.toThrow();
  });
});
