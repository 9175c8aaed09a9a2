import { runCommandLine } from "../../../cli/command-line.ts";

/** How a command line was refused. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly what: string;
  readonly cause: string;
  readonly fix: string;
};

/** Runs a command line that must fail, in this process, and gives its error. */
export async function refuse(words: readonly string[]): Promise<Refusal> {
  const { status, stdout } = await runCommandLine([...words, "--json"]);
  const { error } = JSON.parse(stdout ?? "{}");
  if (!error) throw new Error(`resnet-edge ${words.join(" ")} was not refused: ${stdout}`);
  return { status, ...error };
}
