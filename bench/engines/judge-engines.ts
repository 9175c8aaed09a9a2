/** The figures of a comparison of engines, and whether they are within the bounds. */
import type { EngineComparison } from "./compare-engines.ts";

export type Bounds = {
  /** The least share of photos with the same first class, 0 to 1. */
  readonly sameClass: number;
  /** The largest difference of a probability, and of a position of a heat map. */
  readonly difference: number;
};

/** Networks whose weights were trained for integers, or whose numbers were checked most closely. */
export const EXACT: Bounds = { sameClass: 1, difference: 1e-4 };
export const CLOSE: Bounds = { sameClass: 0.995, difference: 0.03 };

export type Figures = {
  readonly photos: number;
  readonly sameClass: number;
  readonly probability: { readonly median: number; readonly p95: number; readonly max: number };
  readonly heat: number | undefined;
  /** Shares of photos with the first class of float32. */
  readonly asFloat: { readonly onnxruntime: number; readonly litert: number } | undefined;
  readonly cpuRatio: number;
};

export function summarize({ photos, cpuRatio }: EngineComparison): Figures {
  const probabilities = photos.map(({ probability }) => probability).sort((a, b) => a - b);
  const at = (quantile: number) =>
    probabilities[
      Math.min(Math.floor(quantile * probabilities.length), probabilities.length - 1)
    ] ?? Number.NaN;
  const heats = photos.flatMap(({ heat }) => (heat === undefined ? [] : [heat]));
  const floats = photos.flatMap(({ asFloat }) => (asFloat ? [asFloat] : []));
  const share = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;
  return {
    photos: photos.length,
    sameClass: share(photos.map(({ isSameClass }) => isSameClass)),
    probability: { median: at(0.5), p95: at(0.95), max: at(1) },
    heat: heats.length > 0 ? Math.max(...heats) : undefined,
    asFloat:
      floats.length > 0
        ? {
            onnxruntime: share(floats.map(({ onnxruntime }) => onnxruntime)),
            litert: share(floats.map(({ litert }) => litert)),
          }
        : undefined,
    cpuRatio,
  };
}

/** What is not within the bounds, as text. */
export function findMisses(figures: Figures, { sameClass, difference }: Bounds): string[] {
  const { probability, heat, asFloat } = figures;
  const misses: string[] = [];
  // A comparison that is false for NaN, so that photos that were not measured count as a miss.
  if (!(figures.sameClass >= sameClass)) {
    misses.push(`the first class is the same on only ${(100 * figures.sameClass).toFixed(2)} %`);
  }
  if (!(probability.max <= difference)) {
    misses.push(`a probability differs by ${probability.max.toExponential(1)}`);
  }
  if (heat !== undefined && !(heat <= difference)) {
    misses.push(`a heat map differs by ${heat.toExponential(1)}`);
  }
  if (asFloat && asFloat.litert < asFloat.onnxruntime) {
    misses.push("LiteRT agrees with float32 less often than ONNX Runtime");
  }
  return misses;
}
