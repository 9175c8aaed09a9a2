/** `npm run schema`: also prints the reference of the command line, docs/cli.md. */
import { writeFile } from "node:fs/promises";
import { formatReference } from "../cli/command/format-reference.ts";
import { COMMANDS } from "../cli/commands/commands.ts";

/** The content of docs/cli.md. */
export async function printCli(): Promise<string> {
  return formatReference(
    await Promise.all(COMMANDS.map(async (row) => ({ row, command: await row.load() }))),
  );
}

if (import.meta.main) {
  await writeFile(new URL("../docs/cli.md", import.meta.url), await printCli());
  console.log("docs/cli.md written");
}
