import type { TrainingMethod } from "../../generated/graphql.ts";
import { modelsDocument } from "./operations.ts";
import { sendOperation } from "./send-operation.ts";

/**
 * The alias that every deployment has. The name of a version would bypass what an operator does: splits,
 * rollbacks, the fallback from a broken version.
 */
export const DEFAULT_MODEL = "default";

/** A version that can be asked by its name. */
export type PublishedModel = {
  /** `id@version` */
  readonly name: string;
  /** Whether {@link DEFAULT_MODEL} stands for it, alone or among others. */
  readonly isDefault: boolean;
  /** Number of classes. */
  readonly classes: number;
  readonly architecture: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Undefined if resnet-edge did not train it. */
  readonly origin: ModelOrigin | undefined;
};

/** What a model was trained from. */
export type ModelOrigin = {
  readonly method: TrainingMethod;
  /** `id@version` of the model that training started from. */
  readonly base: string;
  /** How many were trained on. */
  readonly photos: number;
  readonly classes: number;
  /** Right answers in percent; undefined if they were not measured. */
  readonly top1: number | undefined;
};

/** @throws ApiError */
export async function fetchModels(): Promise<PublishedModel[]> {
  const { models } = await sendOperation(modelsDocument, {});
  return models.map(({ aliases, classes, architecture, bytes, training, metrics, ...model }) => ({
    name: modelName(model),
    isDefault: aliases.includes(DEFAULT_MODEL),
    classes,
    architecture,
    bytes,
    origin: training
      ? {
          method: training.method,
          base: training.base,
          photos: training.trainingPhotos,
          classes: training.classes,
          top1: metrics.find(({ name }) => name === "top1")?.value,
        }
      : undefined,
  }));
}

/** `id@version` */
export function modelName({ id, version }: { id: string; version: string }): string {
  return `${id}@${version}`;
}
