/** The entry point of a Worker with ONNX Runtime alone: `npm run deploy -- --engine onnxruntime`. */
import { createWorker } from "./create-worker.ts";
import { createWorkerPlatform } from "./create-worker-platform.ts";
import { startOnnxRuntimeInWorker } from "./worker-engines/onnxruntime.ts";

export default createWorker(createWorkerPlatform({ onnxruntime: startOnnxRuntimeInWorker }));
