/** The entry point of the Worker. */
import { createWorker } from "./create-worker.ts";
import { workerPlatform } from "./worker-platform.ts";

export default createWorker(workerPlatform);
