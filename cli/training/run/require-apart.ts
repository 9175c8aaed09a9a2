import { resolve } from "node:path";
import { CliError } from "../../cli-error.ts";
import { isInside } from "../../files/is-inside.ts";

/**
 * Checks that a run does not overwrite a network that it reads.
 *
 * @param name - folder of the network
 * @param out - folder of the run
 * @throws CliError OPTION_INVALID if the network is in the folder of the run
 */
export function requireApart(name: string, out: string, option: "base" | "teacher"): void {
  if (!isInside(name, out)) return;
  const isSame = resolve(name) === resolve(out);
  throw new CliError("OPTION_INVALID", {
    what: `${name} cannot be the ${option}.`,
    why: `It is ${isSame ? "the folder of the run itself" : `in the folder of the run, ${out}`}, which the run overwrites.`,
    fix: `Give another folder with --out or with --${option}.`,
  });
}
