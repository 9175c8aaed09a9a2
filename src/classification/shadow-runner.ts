/** Runs another version after an answer, to compare it with the version that answered. */
import type { AdmissionQueue } from "../concurrency/admission-queue.ts";
import { LOST_AFTER_MS } from "../concurrency/turns.ts";
import { AppError } from "../errors.ts";
import type { EngineName } from "../inference/engines/engine.ts";
import { topK } from "../inference/top-k.ts";
import { isSameVersion, type VersionRef, versionName } from "../models/version-ref.ts";
import type { Candidates, LabelledModel } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";
import { type Pass, passProbabilities } from "./pass.ts";

/** The comparison of two versions on one image. */
export type ShadowOutcome = {
  /** The alias that the caller asked for. */
  readonly name: string;
  /** `id@version` of the version that the alias stands for. */
  readonly model: string;
  /** `id@version` of the version that runs as a shadow. */
  readonly shadow: string;
  /** The engine that ran the model; undefined if it failed. */
  readonly engine: EngineName | undefined;
  /** The engine that ran the shadow; undefined if it failed. */
  readonly shadowEngine: EngineName | undefined;
  /** Which of the two ran after the response; the other one answered. */
  readonly ran: "model" | "shadow";
  /** Whether both have the same first class; undefined if the version that ran failed. */
  readonly agreed: boolean | undefined;
  /** The model's probability of its first class; undefined if the model failed. */
  readonly confidence: number | undefined;
  /** The shadow's probability of its first class; undefined if the shadow failed. */
  readonly shadowConfidence: number | undefined;
  /** The error code, if the version that ran failed. */
  readonly code: string | undefined;
};

/** Receives each comparison. */
export type RecordShadow = (outcome: ShadowOutcome) => void;

/** Schedules work for after the response. */
export type AfterResponse = (work: () => Promise<void>) => void;

export type ShadowParts = {
  readonly versions: Versions;
  readonly networks: NetworkLoader;
  readonly queue: AdmissionQueue;
  readonly record: RecordShadow;
};

/** Runs the comparisons of one isolate: one at a time, and only while no request is in the queue. */
export class ShadowRunner {
  readonly #parts: ShadowParts;
  #pendingSince = Number.NEGATIVE_INFINITY;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /**
   * Compares two versions after the response, for the shadow's share of the images. If the shadow is
   * also an arm of the alias and has answered, another arm runs instead.
   *
   * @param answered - the pass that answered
   * @param run - runs the image through another version
   */
  schedule(
    candidates: Candidates,
    answered: Pass,
    run: (model: LabelledModel) => Promise<Pass>,
    afterResponse: AfterResponse,
  ): void {
    const { arms, shadow } = candidates;
    if (!shadow || Math.random() >= shadow.share) return;
    // An image stays in memory until it is compared, so only one may wait.
    if (Date.now() - this.#pendingSince < LOST_AFTER_MS) return;
    const shadowAnswered = isSameVersion(answered.model.manifest, shadow);
    const other = shadowAnswered ? arms.find((arm) => !isSameVersion(arm, shadow)) : shadow;
    if (!other) return;
    this.#pendingSince = Date.now();
    afterResponse(async () => {
      try {
        if (this.#parts.queue.length > 0) return;
        await this.#compare(candidates, answered, other, shadowAnswered, run);
      } finally {
        this.#pendingSince = Number.NEGATIVE_INFINITY;
      }
    });
  }

  async #compare(
    candidates: Candidates,
    answered: Pass,
    other: VersionRef,
    shadowAnswered: boolean,
    run: (model: LabelledModel) => Promise<Pass>,
  ): Promise<void> {
    const { versions, networks, record } = this.#parts;
    const [model, shadow] = shadowAnswered
      ? [other, answered.model.manifest]
      : [answered.model.manifest, other];
    const ran = shadowAnswered ? ("model" as const) : ("shadow" as const);
    const names = {
      name: candidates.name,
      model: versionName(model),
      shadow: versionName(shadow),
      ran,
    };
    try {
      // Otherwise the two would evict each other again and again, and requests would wait for the loads.
      const requireRoom = ({ manifest }: LabelledModel) =>
        networks.requireRoomForBoth(answered.model.manifest, manifest);
      const pass = await versions.useOnly(other, candidates, requireRoom, run);
      const [first, second] = shadowAnswered ? [pass, answered] : [answered, pass];
      record({ ...names, ...compare(first, second), code: undefined });
    } catch (error) {
      const code = error instanceof AppError ? error.code : "INTERNAL_SERVER_ERROR";
      record({ ...names, ...oneSided(answered, shadowAnswered), code });
    }
  }
}

function firstOf(pass: Pass) {
  const [best] = topK(passProbabilities(pass), 1);
  const { classIndex, confidence } = best ?? { classIndex: 0, confidence: 0 };
  return { id: pass.model.labels[classIndex]?.id, confidence };
}

function compare(control: Pass, shadow: Pass) {
  const [a, b] = [firstOf(control), firstOf(shadow)];
  return {
    agreed: a.id === b.id,
    engine: control.engine,
    shadowEngine: shadow.engine,
    confidence: a.confidence,
    shadowConfidence: b.confidence,
  };
}

function oneSided(answered: Pass, shadowAnswered: boolean) {
  const { confidence } = firstOf(answered);
  return {
    agreed: undefined,
    engine: shadowAnswered ? undefined : answered.engine,
    shadowEngine: shadowAnswered ? answered.engine : undefined,
    confidence: shadowAnswered ? undefined : confidence,
    shadowConfidence: shadowAnswered ? confidence : undefined,
  };
}
