/**
 * Runs EfficientNet-Lite0 in both engines, in one isolate, and compares them with the reference confidences
 * (npm run golden).
 */
import { expect, it } from "vitest";
import type { RuntimeSession } from "../../src/inference/runtime.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { startLitertInWorker } from "../../src/worker-engines/litert.ts";
import { startOnnxRuntimeInWorker } from "../../src/worker-engines/onnxruntime.ts";
import { readRepoFile, readRepoJson } from "./support/repo-file.ts";
import { DEFAULT_LITERT_KEY } from "./support/seed.ts";

type Golden = {
  readonly images: Readonly<Record<string, { readonly confidence: readonly number[] }>>;
};

const FOLDER = "models/efficientnet-lite0";
const GOLDEN = "test/golden/efficientnet-lite0";
const PHOTOS = ["cat.jpg", "espresso.jpg", "rocket.jpg"];
const SHAPE = [1, 3, 224, 224];
/** The engines round the same int8 graph differently, by 1e-4 at most (test/graphs/tflite). */
const TOLERANCE = 2e-4;

it("LiteRT starts beside ONNX Runtime and computes the reference confidences", async () => {
  const file = await readRepoFile(`${FOLDER}/int8.onnx`);
  const [onnxRuntime, litert] = await Promise.all([
    startOnnxRuntimeInWorker(),
    startLitertInWorker(),
  ]);
  const sessions = [
    await litert.createSession(await readRepoFile(DEFAULT_LITERT_KEY)),
    await onnxRuntime.createSession(file),
  ];
  const { calibration } = await readRepoJson<ModelManifest>(`${FOLDER}/manifest.json`);
  const { images } = await readRepoJson<Golden>(`${GOLDEN}/golden.json`);
  for (const photo of PHOTOS) {
    const npy = await readRepoFile(`${GOLDEN}/${photo}.npy`);
    const values = SHAPE.reduce((product, side) => product * side, 1);
    const data = new Float32Array(npy.buffer.slice(npy.byteLength - 4 * values));
    for (const session of sessions) {
      const confidences = await classify(session, data, calibration?.temperature);
      images[photo]?.confidence.forEach((confidence, i) => {
        expect(Math.abs((confidences[i] ?? 0) - confidence), photo).toBeLessThan(TOLERANCE);
      });
    }
  }
});

async function classify(
  session: RuntimeSession,
  data: Float32Array,
  temperature?: number,
): Promise<number[]> {
  const { logits } = await session.run({ input: { shape: SHAPE, data } }, ["logits"]);
  return topK(softmax(logits?.data as Float32Array, temperature), 5).map(
    ({ confidence }) => confidence,
  );
}
