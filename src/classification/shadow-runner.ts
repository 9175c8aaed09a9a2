/** Runs another version after an answer, to be compared with the one that gave it. */

import { LOST_AFTER_MS } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";
import { softmax } from "../inference/softmax.ts";
import { topK } from "../inference/top-k.ts";
import { isSameVersion, versionName } from "../models/version-ref.ts";

import type { LabelledModel, ModelSplit } from "../registry/model-catalog.ts";
import { type Pass, runPass, type SourceImage } from "./run-pass.ts";
import type { ClassifyServices } from "./services.ts";

/** What a comparison of two versions on one image gave. */
export type ShadowOutcome = {
  /** The name that was asked for. */
  readonly name: string;
  /** `id@version` of the version that the name means. */
  readonly model: string;
  /** `id@version` of the version that is tried. */
  readonly shadow: string;
  /** Which of them ran after the response; the other had answered. */
  readonly ran: "model" | "shadow";
  /** Whether both have the same first class; undefined where the one that ran could not. */
  readonly agreed: boolean | undefined;
  /** Probability of the first class; undefined where that version could not run. */
  readonly confidence: number | undefined;
  readonly shadowConfidence: number | undefined;
  /** Why the version that ran could not. */
  readonly code: string | undefined;
};

/** Told of each comparison. */
export type RecordShadow = (outcome: ShadowOutcome) => void;

/** Does work once the response is on its way. */
export type AfterResponse = (work: () => Promise<void>) => void;

/** The comparisons of one isolate: one at a time, and only while nobody waits for an answer. */
export class ShadowRunner {
  readonly #record: RecordShadow;
  #pendingSince = Number.NEGATIVE_INFINITY;

  constructor(record: RecordShadow) {
    this.#record = record;
  }

  /**
   * Compares two versions after the response, for the share of images that the shadow is to see. Where
   * the shadow itself has answered, as one arm of its name, another arm runs.
   *
   * @param answered - what the caller gets
   */
  schedule(
    image: SourceImage,
    split: ModelSplit,
    answered: Pass,
    services: ClassifyServices,
    { afterResponse, useCache }: { afterResponse: AfterResponse; useCache: boolean },
  ): void {
    const { shadow, name, usable } = split;
    if (!shadow || Math.random() >= shadow.share) return;
    // An image is held until it is compared: one at most.
    if (Date.now() - this.#pendingSince < LOST_AFTER_MS) return;
    const answeredBy = targetOf(answered.model);
    const shadowAnswered = isSameVersion(answeredBy, shadow);
    const control = shadowAnswered
      ? usable.find((model) => !isSameVersion(targetOf(model), shadow))
      : answered.model;
    if (!control) return;
    const shadowName = versionName(shadow);
    this.#pendingSince = Date.now();
    afterResponse(async () => {
      try {
        if (services.queue.length > 0) return;
        const other = shadowAnswered ? control : await services.catalog.describe(shadow);
        // Without it they would take turns in memory, at the cost of those who wait.
        services.networks.requireRoomForBoth(answered.model.manifest, other.manifest);
        const pass = await runPass(image, other, services, { useCache, admitted: true });
        const [first, second] = shadowAnswered ? [pass, answered] : [answered, pass];
        this.#record({ ...names(control), ...compare(first, second), code: undefined });
      } catch (error) {
        const code = error instanceof AppError ? error.code : "INTERNAL_SERVER_ERROR";
        this.#record({ ...names(control), ...oneSided(answered, shadowAnswered), code });
      } finally {
        this.#pendingSince = Number.NEGATIVE_INFINITY;
      }
    });

    function names(model: LabelledModel) {
      const ran = shadowAnswered ? ("model" as const) : ("shadow" as const);
      return { name, model: versionName(model.manifest), shadow: shadowName, ran };
    }
  }
}

function targetOf({ manifest: { id, version } }: LabelledModel) {
  return { id, version };
}

function firstOf({ logits, model }: Pass) {
  const probabilities = softmax(logits, model.manifest.calibration?.temperature);
  const [{ classIndex, confidence } = { classIndex: 0, confidence: 0 }] = topK(probabilities, 1);
  return { synset: model.labels[classIndex]?.synset, confidence };
}

function compare(control: Pass, shadow: Pass) {
  const [a, b] = [firstOf(control), firstOf(shadow)];
  return {
    agreed: a.synset === b.synset,
    confidence: a.confidence,
    shadowConfidence: b.confidence,
  };
}

function oneSided(answered: Pass, shadowAnswered: boolean) {
  const { confidence } = firstOf(answered);
  return {
    agreed: undefined,
    confidence: shadowAnswered ? undefined : confidence,
    shadowConfidence: shadowAnswered ? confidence : undefined,
  };
}
