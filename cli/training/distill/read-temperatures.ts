import { type Distillation, temperatureSchema } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";

/**
 * Reads `FROM:TO`, or one temperature for all steps.
 *
 * @throws CliError OPTION_INVALID
 */
export function readTemperatures(text: string, label: string): Distillation["temperature"] {
  const numbers = text.split(":").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [from = Number.NaN, to = from] = numbers;
  const isValid = [from, to].every((value) => temperatureSchema.safeParse(value).success);
  if (isValid && numbers.length <= 2) return { from, to };
  const { minValue, maxValue } = temperatureSchema;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `It is "${text}", but must be two numbers from ${minValue} to ${maxValue} with a colon between them.`,
    fix: `Give, for example, ${label} 6:2.5, or ${label} 4 for the same temperature in all steps.`,
  });
}
