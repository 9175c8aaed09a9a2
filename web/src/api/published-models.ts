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
};

/** @throws ApiError */
export async function fetchModels(): Promise<PublishedModel[]> {
  const { models } = await sendOperation(modelsDocument, {});
  return models.map(({ aliases, classes, architecture, bytes, ...model }) => ({
    name: modelName(model),
    isDefault: aliases.includes(DEFAULT_MODEL),
    classes,
    architecture,
    bytes,
  }));
}

/** `id@version` */
export function modelName({ id, version }: { id: string; version: string }): string {
  return `${id}@${version}`;
}
