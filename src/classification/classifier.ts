/** The classifier: from the parameters of a caller to an answer and its explanation. */
import type { AdmissionQueue } from "../concurrency/admission-queue.ts";
import type { MemoryLedger } from "../concurrency/memory-ledger.ts";
import type { ImageFile } from "../imaging/image-file.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";
import { type ClassifyOptions, type ClassifyResult, classifyImage } from "./classify-image.ts";
import {
  type Explainable,
  type ExplainOptions,
  type ExplainParts,
  type Explanation,
  explainClass,
  type HeatmapRequest,
} from "./explain-class.ts";
import {
  type ClassifyPlan,
  type ClassifyRequest,
  planClassification,
} from "./plan-classification.ts";
import { createPassRunner, type PassParts } from "./run-pass.ts";
import { type RecordShadow, ShadowRunner } from "./shadow-runner.ts";

export type ClassifierParts = PassParts &
  ExplainParts & {
    readonly catalog: ModelCatalog;
    readonly versions: Versions;
    readonly networks: NetworkLoader;
    readonly queue: AdmissionQueue;
    readonly memory: MemoryLedger;
    readonly recordShadow: RecordShadow;
  };

export type Classifier = {
  /**
   * Finds the models and checks the parameters, before any image is read.
   *
   * @param names - aliases or `id@version`; the default model if empty
   * @throws BadInputError; ModelError
   */
  plan(names: readonly string[], request: ClassifyRequest): Promise<ClassifyPlan>;
  /** @throws ImageError; ModelError; AppError OVERLOADED */
  classify(
    file: ImageFile,
    plan: ClassifyPlan,
    options?: Partial<ClassifyOptions>,
  ): Promise<ClassifyResult>;
  /**
   * Draws where the network saw a class, as a PNG.
   *
   * @throws BadInputError; ModelError; ImageError
   */
  explain(
    result: Explainable,
    classId: string,
    request: HeatmapRequest,
    options?: ExplainOptions,
  ): Promise<Explanation>;
};

export function createClassifier(parts: ClassifierParts): Classifier {
  const { catalog, versions, networks, queue, memory } = parts;
  const runPass = createPassRunner(parts);
  const shadows = new ShadowRunner({ versions, networks, queue, record: parts.recordShadow });
  return {
    plan: (names, request) =>
      planClassification(names, request, {
        catalog,
        versions,
        budgetBytes: networks.budgetBytes,
      }),
    classify: (file, plan, options) =>
      classifyImage(
        file,
        plan,
        { versions, runPass, shadows, openTurns: () => queue.open() },
        { useCache: false, ...openOptions(), ...options },
      ),
    explain: (result, classId, request, options = openOptions()) =>
      explainClass(result, classId, request, options, parts),
  };

  function openOptions() {
    return { turns: queue.open(), memory: memory.open() };
  }
}
