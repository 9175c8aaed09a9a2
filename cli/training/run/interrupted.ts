import { CliError } from "../../cli-error.ts";

/** Options that train resume needs again. */
const REPEATED = ["device", "publish", "remote", "bucket", "endpoint", "wrangler"] as const;

/**
 * Returns the command that continues a run or an ensemble.
 *
 * @param options - those of the command that is running
 */
export function resumeCommand(
  folder: string,
  options: { readonly [Name in (typeof REPEATED)[number]]?: string | boolean | undefined },
): string {
  const words = REPEATED.flatMap((name) => {
    const value = options[name];
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
  return ["resnet-edge train resume", folder, ...words].join(" ");
}

/** @param command - continues what was stopped */
export function interrupted(what: string, command: string): CliError {
  return new CliError("INTERRUPTED", {
    what,
    why: "You pressed Ctrl-C, or the process was asked to end. Everything is saved.",
    fix: `Continue with ${command}.`,
  });
}
