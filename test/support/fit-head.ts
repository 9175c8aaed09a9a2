/** A classifier that recognises a few photos by the nearest of their embeddings. */
import type { Head } from "./zoo-networks.ts";

const CLASSES = 1000;
/** How far the logit of a photo's own class is above the next one. */
const MARGIN = 8;

/**
 * Fits a head.
 *
 * @param embeddings - the embedding of each photo, [D]
 * @param classes - the class of each photo
 */
export function fitHead(embeddings: readonly Float32Array[], classes: readonly number[]): Head {
  const width = embeddings[0]?.length ?? 0;
  const mean = Float32Array.from(
    { length: width },
    (_, d) => embeddings.reduce((sum, e) => sum + (e[d] as number), 0) / embeddings.length,
  );
  const centred = embeddings.map((e) => e.map((value, d) => value - (mean[d] as number)));
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  const distances = centred.flatMap((a, i) =>
    centred.slice(i + 1).map((b) => dot(a, a) + dot(b, b) - 2 * dot(a, b)),
  );
  const scale = MARGIN / Math.min(...distances);
  return {
    weight: (i) => {
      const photo = classes.indexOf(Math.floor(i / width));
      return photo < 0 ? 0 : 2 * scale * ((centred[photo] as Float32Array)[i % width] as number);
    },
    bias: (j) => {
      const photo = classes.indexOf(j);
      // Far below the logit of a photo's own class.
      if (photo < 0) return -1000;
      const own = centred[photo] as Float32Array;
      return -scale * (dot(own, own) + 2 * dot(own, mean));
    },
  };
}

/** Returns the weights [N, D] and biases [N] of a head for N classes. */
export function writeHead({ weight, bias }: Head, width: number, classes = CLASSES) {
  return {
    weight: Float32Array.from({ length: classes * width }, (_, i) => weight(i)),
    bias: Float32Array.from({ length: classes }, (_, j) => bias(j)),
  };
}
