export type Schedule = {
  /** The highest learning rate. */
  readonly rate: number;
  readonly minimum: number;
  /** Steps in which the rate rises from 0. */
  readonly warmUp: number;
  /** All steps, those of the warm-up too. */
  readonly total: number;
};

/**
 * Returns the learning rate of a step: it rises in a line, then falls by half a cosine.
 *
 * Source: Loshchilov and Hutter 2017, "SGDR: Stochastic gradient descent with warm restarts", without restarts.
 *
 * @param step - from 0
 */
export function rateAt(step: number, { rate, minimum, warmUp, total }: Schedule): number {
  if (rate <= minimum) return rate;
  if (step < warmUp) return (rate * (step + 1)) / warmUp;
  const done = (step - warmUp) / Math.max(1, total - warmUp);
  return minimum + ((rate - minimum) * (1 + Math.cos(Math.PI * done))) / 2;
}

/**
 * Returns the temperature of a step of a distillation: it changes linearly from the first step to the last.
 *
 * @param step - from 0
 * @param total - all steps
 */
export function temperatureAt(
  step: number,
  { from, to }: { readonly from: number; readonly to: number },
  total: number,
): number {
  return from + (to - from) * Math.min(1, step / Math.max(1, total - 1));
}
