/** The platform of the Worker with every engine. */
import { createWorkerPlatform } from "./create-worker-platform.ts";
import { startLitertInWorker } from "./worker-engines/litert.ts";
import { startOnnxRuntimeInWorker } from "./worker-engines/onnxruntime.ts";

export const workerPlatform = createWorkerPlatform({
  onnxruntime: startOnnxRuntimeInWorker,
  litert: startLitertInWorker,
});
