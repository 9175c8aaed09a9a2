/** Runs the command line as its user does: in a separate process. */
import { execFile } from "node:child_process";

const CLI = new URL("../../../cli/resnet-edge.ts", import.meta.url).pathname;
/** A network of a few hundred megabytes says so in JSON. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** How it ended. */
export type CliOutcome = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** `resnet-edge …args` */
export function runCli(
  args: readonly string[],
  { env = {}, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<CliOutcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CLI, ...args],
      { env: { ...process.env, ...env }, maxBuffer: MAX_OUTPUT_BYTES },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

/**
 * What `resnet-edge …args --json` says.
 *
 * @throws Error where it fails
 */
export async function runJson<Value = unknown>(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Value> {
  const { code, stdout, stderr } = await runCli([...args, "--json"], { env });
  if (code !== 0) throw new Error(`resnet-edge ${args.join(" ")}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}
