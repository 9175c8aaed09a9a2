/** What a stage trains, and how fast. */
import type { Parameter } from "../../../src/training/list-parameters.ts";
import { rateAt } from "../../../src/training/schedule.ts";
import type { TrainConfig, TrainStage } from "../../../src/training/train-config.ts";
import type { ParameterGroup } from "../../../src/training/training-step.ts";

/** The parameters that a stage trains: those of the head, and those of the stages before it that are not frozen. */
export function groupParameters(
  parameters: readonly Parameter[],
  { trainFrom }: TrainStage,
): ParameterGroup[] {
  const named = (wanted: (parameter: Parameter) => boolean) =>
    parameters.filter(wanted).map(({ name }) => name);
  const body = named(({ stage }) => stage !== "head" && trainFrom !== "head" && stage >= trainFrom);
  return [
    ...(body.length > 0 ? [{ name: "body", parameters: body }] : []),
    { name: "head", parameters: named(({ stage }) => stage === "head") },
  ];
}

/**
 * The learning rate and the weight decay of each group in a step.
 *
 * @param step - of the stage, from 0
 */
export function ratesOf(
  stage: TrainStage,
  groups: readonly string[],
  step: number,
  stepsPerEpoch: number,
  { warmUpEpochs, minimumRate, weightDecay }: TrainConfig,
): { readonly rates: Record<string, number>; readonly decays: Record<string, number> } {
  const schedule = {
    minimum: minimumRate,
    warmUp: Math.round(warmUpEpochs * stepsPerEpoch),
    total: stage.epochs * stepsPerEpoch,
  };
  const highest: Readonly<Record<string, number>> = { body: stage.rate, head: stage.headRate };
  return {
    rates: Object.fromEntries(
      groups.map((name) => [name, rateAt(step, { ...schedule, rate: highest[name] ?? 0 })]),
    ),
    decays: Object.fromEntries(groups.map((name) => [name, weightDecay])),
  };
}
