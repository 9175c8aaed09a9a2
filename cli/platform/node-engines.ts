/** The engines in Node: the same WebAssembly modules as in the Worker. */
import type { EngineName } from "../../src/inference/engines/engine.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import { startNodeLitert } from "./node-litert.ts";
import { startNodeRuntime } from "./node-runtime.ts";

/** Starts an engine once per process. */
export const START_NODE_ENGINE: Readonly<Record<EngineName, () => Promise<Runtime>>> = {
  onnxruntime: startNodeRuntime,
  litert: startNodeLitert,
};
