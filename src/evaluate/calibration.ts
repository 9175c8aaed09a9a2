/** Whether confidences mean what they say, and how to make them. */
import { softmax } from "../inference/softmax.ts";
import { topK } from "../inference/top-k.ts";

/** What a model said of an image. */
export type Judged = {
  /** Position of the first class. */
  readonly predicted: number;
  /** Its probability. */
  readonly confidence: number;
  readonly right: boolean;
};

/** The first classes of softmax(logits / temperature). */
export function judge(
  logits: readonly Float32Array[],
  truths: readonly number[],
  temperature: number,
): Judged[] {
  return logits.map((vector, i) => {
    const [first] = topK(softmax(vector, temperature), 1);
    const { classIndex = -1, confidence = 0 } = first ?? {};
    return { predicted: classIndex, confidence, right: classIndex === truths[i] };
  });
}

/** One bar of a reliability diagram. */
export type ReliabilityBin = {
  /** From which confidence to which. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Means over the bin; 0 where it is empty. */
  readonly confidence: number;
  readonly accuracy: number;
};

const BINS = 15;

/** The predictions by confidence, in 15 bins of equal width. */
export function binByConfidence(judged: readonly Judged[]): ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const inside = judged.filter(
      ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin,
    );
    const mean = (value: (item: Judged) => number) =>
      inside.length === 0 ? 0 : inside.reduce((sum, item) => sum + value(item), 0) / inside.length;
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count: inside.length,
      confidence: mean(({ confidence }) => confidence),
      accuracy: mean(({ right }) => (right ? 1 : 0)),
    };
  });
}

/**
 * Expected calibration error: mean distance between confidence and accuracy, over bins by confidence.
 *
 * Source: Guo et al. 2017, "On calibration of modern neural networks".
 */
export function expectedCalibrationError(judged: readonly Judged[]): number {
  return binByConfidence(judged).reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count / judged.length) * Math.abs(confidence - accuracy),
    0,
  );
}

/** Mean of -log of the probability of the truth. */
export function negativeLogLikelihood(
  logits: readonly Float32Array[],
  truths: readonly number[],
  temperature: number,
): number {
  const sum = logits.reduce((total, vector, i) => {
    const max = vector.reduce((a, b) => Math.max(a, b));
    const powers = vector.reduce(
      (powersSum, x) => powersSum + Math.exp((x - max) / temperature),
      0,
    );
    return total + Math.log(powers) - ((vector[truths[i] as number] as number) - max) / temperature;
  }, 0);
  return sum / logits.length;
}

/** Beyond that a network has learnt nothing, or the labels are others. */
const MIN_TEMPERATURE = 0.05;
const MAX_TEMPERATURE = 20;
/** Of the search, in the temperature's logarithm. */
const PRECISION = 1e-4;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature under which the truths are most probable. The loss has one minimum in its inverse,
 * which golden-section search finds.
 *
 * Source: Guo et al. 2017, section 4.2.
 */
export function fitTemperature(logits: readonly Float32Array[], truths: readonly number[]): number {
  const loss = (log: number) => negativeLogLikelihood(logits, truths, Math.exp(log));
  let low = Math.log(MIN_TEMPERATURE);
  let high = Math.log(MAX_TEMPERATURE);
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let [lossA, lossB] = [loss(a), loss(b)];
  while (high - low > PRECISION) {
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}

/** As many digits of a temperature as a manifest has. */
const DIGITS = 4;

/** What temperature scaling brings. */
export type TemperatureFit = {
  /** 1 where scaling makes the truths no more probable on images that it was not fitted on. */
  readonly temperature: number;
  /** Every image, scaled by the temperature that the other half of the images gives. */
  readonly crossFitted: readonly Judged[];
};

/**
 * Fits a temperature on all images, and judges it fairly: each half of the images by the temperature
 * that the other half gives.
 */
export function crossFitTemperature(
  logits: readonly Float32Array[],
  truths: readonly number[],
): TemperatureFit {
  const halves = [0, 1].map((parity) => {
    const indices = logits.map((_, i) => i).filter((i) => i % 2 === parity);
    return {
      indices,
      logits: indices.map((i) => logits[i] as Float32Array),
      truths: indices.map((i) => truths[i] as number),
    };
  });
  const crossFitted: Judged[] = new Array(logits.length);
  let gain = 0;
  halves.forEach((half, i) => {
    const other = halves[1 - i] as typeof half;
    if (half.indices.length === 0 || other.indices.length === 0) return;
    const temperature = fitTemperature(other.logits, other.truths);
    gain +=
      half.indices.length *
      (negativeLogLikelihood(half.logits, half.truths, 1) -
        negativeLogLikelihood(half.logits, half.truths, temperature));
    judge(half.logits, half.truths, temperature).forEach((judged, position) => {
      crossFitted[half.indices[position] as number] = judged;
    });
  });
  if (gain <= 0) return { temperature: 1, crossFitted: judge(logits, truths, 1) };
  const temperature = fitTemperature(logits, truths);
  return { temperature: Number(temperature.toFixed(DIGITS)), crossFitted };
}
