/** Uses the version that falls to a caller, and where that cannot be used, the next that can. */

import { ModelError } from "../errors.ts";
import { pickArm } from "../models/pick-arm.ts";
import { versionName } from "../models/version-ref.ts";
import type { LabelledModel, ModelCatalog, ModelSplit } from "./model-catalog.ts";
import type { ModelHealth } from "./model-health.ts";

/** What came of it. */
export type Used<Value> = {
  readonly value: Value;
  /** `id@version` of the versions that should have been used before and could not. */
  readonly failed: readonly string[];
};

/** What is needed. */
export type UseArmServices = { readonly catalog: ModelCatalog; readonly health: ModelHealth };

/**
 * Picks an arm by weight and uses it. Where it fails for the model's own fault, it is marked as bad in
 * this isolate, and another arm is used, then what the name meant before: a broken publish takes
 * nothing down. The callers of the other arms notice nothing.
 *
 * @param key - of the caller or the photo: the same key gets the same arm, as long as that works
 * @throws what `use` throws, where it is no ModelError; the first ModelError where no version can be used
 */
export async function useArm<Value>(
  split: ModelSplit,
  key: string,
  services: UseArmServices,
  use: (model: LabelledModel) => Promise<Value>,
): Promise<Used<Value>> {
  const { health } = services;
  const failed: string[] = [];
  const postponed: LabelledModel[] = [];
  let failure: ModelError | undefined;
  for await (const model of candidates(split, key, services, failed)) {
    const version = versionName(model.manifest);
    if (health.isBad(version)) {
      failed.push(version);
      postponed.push(model);
      continue;
    }
    const value = await attempt(model, version);
    if (value) return { value: value[0], failed };
  }
  // Nothing else answers: better to try once more what has failed than to refuse unheard.
  for (const model of postponed) {
    const value = await attempt(model, versionName(model.manifest));
    if (value) return { value: value[0], failed };
  }
  throw failure ?? new Error("A split has at least one version that can be used.");

  async function attempt(model: LabelledModel, version: string): Promise<[Value] | undefined> {
    try {
      const value = await use(model);
      health.markGood(version);
      return [value];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      health.markBad(version, split.name, error);
      if (!failed.includes(version)) failed.push(version);
      failure ??= error;
      return undefined;
    }
  }
}

/** The versions in the order in which they are to be tried; those without a manifest go to `failed`. */
async function* candidates(
  { name, arms, previous }: ModelSplit,
  key: string,
  { catalog, health }: UseArmServices,
  failed: string[],
): AsyncGenerator<LabelledModel> {
  let left = arms;
  while (left.length > 0) {
    const arm = await pickArm(name, key, left);
    left = left.filter((other) => other !== arm);
    if (arm.model) yield arm.model;
    else failed.push(arm.version);
  }
  for (const target of previous) {
    const model = await catalog.describe(target).catch((error: unknown) => {
      if (!(error instanceof ModelError)) throw error;
      health.markBad(versionName(target), name, error);
      return undefined;
    });
    if (model) yield model;
  }
}
