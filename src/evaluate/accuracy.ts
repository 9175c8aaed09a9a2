/** How often the first classes of a model are the correct ones. */
import { topK } from "../inference/top-k.ts";

/** Shares of the images, from 0 to 1. */
export type Accuracy = {
  readonly top1: number;
  /** Undefined if there are at most five classes: it would always be 1. */
  readonly top5: number | undefined;
  /** Share of images with the same first class as the float model; undefined without a float model. */
  readonly agreement: number | undefined;
  readonly float: { readonly top1: number; readonly top5: number | undefined } | undefined;
};

const TOP_K = 5;

/**
 * @param logits - [N] for each image
 * @param floatLogits - those of the float model
 * @param expected - class index of each image
 */
export function measureAccuracy(
  logits: readonly Float32Array[],
  floatLogits: readonly Float32Array[] | undefined,
  expected: readonly number[],
): Accuracy {
  const ranks = logits.map(rank);
  const floatRanks = floatLogits?.map(rank);
  const hasTop5 = (logits[0]?.length ?? 0) > TOP_K;
  return {
    ...countHits(ranks, expected, hasTop5),
    float: floatRanks && countHits(floatRanks, expected, hasTop5),
    agreement: floatRanks && fraction(ranks, (classes, i) => classes[0] === floatRanks[i]?.[0]),
  };
}

/** The indices of the most probable classes. */
function rank(logits: Float32Array): number[] {
  return topK(Float64Array.from(logits), TOP_K).map(({ classIndex }) => classIndex);
}

function countHits(ranks: readonly number[][], expected: readonly number[], hasTop5: boolean) {
  const isIn = (classes: readonly number[], i: number) => classes.includes(expected[i] as number);
  return {
    top1: fraction(ranks, (classes, i) => classes[0] === expected[i]),
    top5: hasTop5 ? fraction(ranks, isIn) : undefined,
  };
}

export function fraction<Item>(
  items: readonly Item[],
  test: (item: Item, i: number) => boolean,
): number {
  return items.filter(test).length / items.length;
}
