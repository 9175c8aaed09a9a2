/** Calibration: how well confidences match accuracy, and the temperature that corrects them. */
import { softmax } from "../inference/softmax.ts";
import { topK } from "../inference/top-k.ts";

/** The most probable class of an image, and whether it is correct. */
export type ScoredPrediction = {
  /** Class index. */
  readonly predicted: number;
  /** Probability of that class. */
  readonly confidence: number;
  readonly right: boolean;
};

/**
 * Scores the most probable classes of softmax(logits / temperature).
 *
 * @param logits - [N] for each image
 * @param truths - class index of each image
 */
export function scorePredictions(
  logits: readonly Float32Array[],
  truths: readonly number[],
  temperature: number,
): ScoredPrediction[] {
  return logits.map((vector, i) => {
    const [first] = topK(softmax(vector, temperature), 1);
    const { classIndex = -1, confidence = 0 } = first ?? {};
    return { predicted: classIndex, confidence, right: classIndex === truths[i] };
  });
}

/** A bar of a reliability diagram. */
export type ReliabilityBin = {
  /** Lower bound of the confidences. */
  readonly from: number;
  /** Upper bound of the confidences. */
  readonly to: number;
  readonly count: number;
  /** Mean confidence; 0 if the bin is empty. */
  readonly confidence: number;
  /** Share of correct predictions; 0 if the bin is empty. */
  readonly accuracy: number;
};

const BINS = 15;

/** Groups predictions by confidence, in 15 bins of equal width. */
export function binByConfidence(predictions: readonly ScoredPrediction[]): ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const inside = predictions.filter(
      ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin,
    );
    const mean = (value: (item: ScoredPrediction) => number) =>
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
 * Computes the expected calibration error: the mean distance between confidence and accuracy, over bins by
 * confidence.
 *
 * Source: Guo et al. 2017, "On calibration of modern neural networks".
 */
export function expectedCalibrationError(predictions: readonly ScoredPrediction[]): number {
  return binByConfidence(predictions).reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count / predictions.length) * Math.abs(confidence - accuracy),
    0,
  );
}

/** Computes the mean of -log of the probability of the true class, in nats. */
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

/** Outside this range, the network has learnt nothing, or the labels do not belong to it. */
const MIN_TEMPERATURE = 0.05;
const MAX_TEMPERATURE = 20;
/** The precision of the search, in the logarithm of the temperature. */
const PRECISION = 1e-4;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Finds the temperature that makes the true classes most probable. The loss has a single minimum in the
 * inverse of the temperature, which golden-section search finds.
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

/** The number of decimal digits of a temperature in a manifest. */
const DIGITS = 4;

export function roundTemperature(temperature: number): number {
  return Number(temperature.toFixed(DIGITS));
}

export type TemperatureFit = {
  /** 1 if scaling does not make the true classes more probable on images that it was not fitted on. */
  readonly temperature: number;
  /** The predictions for each half of the images, with the temperature fitted on the other half. */
  readonly crossFitted: readonly ScoredPrediction[];
};

/**
 * Fits a temperature on all images. To evaluate it on images that it was not fitted on, each half of the
 * images is also scored with the temperature of the other half.
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
  const crossFitted: ScoredPrediction[] = new Array(logits.length);
  let gain = 0;
  halves.forEach((half, i) => {
    const other = halves[1 - i] as typeof half;
    if (half.indices.length === 0 || other.indices.length === 0) return;
    const temperature = fitTemperature(other.logits, other.truths);
    gain +=
      half.indices.length *
      (negativeLogLikelihood(half.logits, half.truths, 1) -
        negativeLogLikelihood(half.logits, half.truths, temperature));
    scorePredictions(half.logits, half.truths, temperature).forEach((prediction, position) => {
      crossFitted[half.indices[position] as number] = prediction;
    });
  });
  if (gain <= 0) return { temperature: 1, crossFitted: scorePredictions(logits, truths, 1) };
  const temperature = fitTemperature(logits, truths);
  return { temperature: roundTemperature(temperature), crossFitted };
}
