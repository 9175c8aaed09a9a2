/** The entry point of a Worker with LiteRT alone: `npm run deploy -- --engine litert`. */
import { createWorker } from "./create-worker.ts";
import { createWorkerPlatform } from "./create-worker-platform.ts";
import { startLitertInWorker } from "./worker-engines/litert.ts";

export default createWorker(createWorkerPlatform({ litert: startLitertInWorker }));
