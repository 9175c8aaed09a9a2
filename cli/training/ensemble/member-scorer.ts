/** Runs the members of an ensemble on the photos that they were not trained on, and scores them. */
import { wilsonInterval } from "../../../src/evaluate/significance.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";
import { combineAnswers } from "../distill/combine-answers.ts";
import { compareAnswers } from "../run/compare-runs.ts";
import { type Base, makeBatchMaker, openStore } from "../run/open-run.ts";
import { defaultCache } from "../run/photo-store.ts";
import { restorePhotos } from "../run/restore-photos.ts";
import type { RunPhoto, RunPhotos, Score } from "../run/run-folder.ts";
import { isRight, type PhotoPrediction, toPredictions } from "../run/run-result.ts";
import type { RunOptions } from "../run/run-training.ts";
import { runOverPhotos, scoreLogits } from "../run/score-photos.ts";
import type { Figures, MeasuredPart } from "./ensemble-folder.ts";

/** Logits, [C] for each photo. */
export type Answers = {
  readonly validation: readonly Float32Array[];
  readonly test: readonly Float32Array[];
};

export type ScoredPart = keyof Answers;

/** All members of an ensemble have the same photos in the same parts. */
export class MemberScorer {
  readonly photos: RunPhotos;
  readonly #config: TrainConfig;
  readonly #options: RunOptions;

  constructor(config: TrainConfig, photos: RunPhotos, options: RunOptions) {
    this.photos = photos;
    this.#config = config;
    this.#options = options;
  }

  of(part: RunPhoto["part"]): RunPhoto[] {
    return this.photos.photos.filter((photo) => photo.part === part);
  }

  async run(network: Base): Promise<Answers> {
    return {
      validation: await this.runOn(network, "validation"),
      test: await this.runOn(network, "test"),
    };
  }

  async runOn(network: Base, part: ScoredPart): Promise<Float32Array[]> {
    const photos = this.of(part);
    const store = openStore(network, this.#options.cache ?? defaultCache());
    const bar = new ProgressBar("reading", { silent: this.#options.silent, unit: "photos" });
    await restorePhotos({ ...this.photos, photos }, store, (done, total) =>
      bar.update(done, total),
    ).finally(() => bar.end());
    const batches = makeBatchMaker(store, network, this.#config, this.photos);
    return runOverPhotos(network, photos, batches, this.#options);
  }

  /** The weighted mean of several networks' probabilities, as logits. */
  mix(answers: readonly Answers[], weights: readonly number[]): Answers {
    const { length: classes } = this.photos.classes;
    const mixPart = (part: ScoredPart) =>
      this.of(part).map((_, i) =>
        combineAnswers(
          answers.map((member, m) => ({
            logits: member[part][i] as Float32Array,
            weight: weights[m] as number,
          })),
          classes,
        ),
      );
    return { validation: mixPart("validation"), test: mixPart("test") };
  }

  predict(answers: Answers, part: ScoredPart): PhotoPrediction[] {
    return toPredictions(this.photos.classes, this.of(part), answers[part]);
  }

  /** @param best - the logits that these are compared with */
  measure(answers: Answers, best?: Answers): Figures {
    const isBest = best === answers;
    return {
      validation: this.#measurePart(answers, "validation"),
      test: this.#measurePart(answers, "test"),
      difference:
        !best || isBest
          ? null
          : compareAnswers(this.predict(best, "test"), this.predict(answers, "test")),
    };
  }

  /** @returns null if there are no photos for it */
  score(validation: Answers["validation"]): Score | null {
    return validation.length === 0 ? null : scoreLogits(validation, this.of("validation"));
  }

  #measurePart(answers: Answers, part: ScoredPart): MeasuredPart | null {
    const photos = this.of(part);
    if (photos.length === 0) return null;
    const right = this.predict(answers, part).filter(isRight).length;
    return {
      photos: photos.length,
      right,
      loss: scoreLogits(answers[part], photos).loss,
      interval: wilsonInterval(right, photos.length),
    };
  }
}
