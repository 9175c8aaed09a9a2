/** docs/cli.md, from declarations. */
import { GRAPH_ERRORS } from "../../src/graphs/graph-error.ts";
import { TRAINING_ERRORS } from "../../src/training/training-error.ts";
import { CLI_ERRORS } from "../cli-error.ts";
import type { Command } from "../define-command.ts";
import { describeOption, formatOption, formatUsage, type Listed } from "./format-help.ts";
import { COMMON_OPTIONS, type OptionSpecs } from "./option-specs.ts";

const INTRODUCTION = `<!-- Written by npm run schema from the declarations in cli/commands. Do not edit. -->
# Command line

Run commands from the root of the repository:

\`\`\`sh
npx resnet-edge model pull resnet18-torchvision
\`\`\`

\`resnet-edge --help\`, \`resnet-edge help\` and \`resnet-edge\` list the commands, and \`resnet-edge model pull --help\`
or \`resnet-edge help model pull\` shows what a command takes. \`resnet-edge --version\` shows the version.`;

const EXIT_STATUSES = [
  ["0", "The command succeeded."],
  ["1", "The command failed, or `model verify` found a version that cannot answer."],
  ["2", "The command line is wrong: code `USAGE` or `OPTION_INVALID`."],
];

const RESULTS = `## Output and exit status

A command prints its result to standard output. With \`--json\` it prints one line of JSON instead. An error
says what happened, why, and how to fix it: on standard error as \`error:\`, \`cause:\` and \`fix:\`, and with \`--json\`
on standard output as

\`\`\`json
{ "error": { "code": "VERSION_MISSING", "what": "…", "cause": "…", "fix": "…" } }
\`\`\`

Scripts should go by \`code\` and the exit status; the wording of messages can change.

${formatTable(["exit status", "meaning"], EXIT_STATUSES)}`;

export function formatReference(
  commands: readonly { readonly row: Listed; readonly command: Command }[],
): string {
  return `${[
    INTRODUCTION,
    `## Commands\n\n${formatTable(
      ["command", ""],
      commands.map(({ row }) => [
        `[\`${row.name}\`](#${row.name.replaceAll(" ", "-")})`,
        row.summary,
      ]),
    )}`,
    ...commands.map(({ row, command }) => formatCommand(row, command)),
    RESULTS,
    `## Error codes\n\n${formatCodes(CLI_ERRORS)}\n\nCodes of networks that cannot be read, built or quantised:\n\n${formatCodes(GRAPH_ERRORS)}\n\nCodes of training:\n\n${formatCodes(TRAINING_ERRORS)}`,
  ].join("\n\n")}\n`;
}

function formatCommand({ name, summary }: Listed, command: Command): string {
  const args = Object.values(command.arguments).map(({ placeholder, help }) => [
    `\`${placeholder}\``,
    help,
  ]);
  const options: OptionSpecs = { ...command.options, json: COMMON_OPTIONS.json };
  return [
    `### ${name}`,
    `${summary}.`,
    `\`\`\`\nnpx ${formatUsage(name, command)}\n\`\`\``,
    command.description,
    ...(args.length > 0 ? [formatTable(["argument", ""], args)] : []),
    formatTable(
      ["option", ""],
      Object.entries(options).map(([option, spec]) => [
        `\`${formatOption(option, spec)}\``,
        describeOption(spec),
      ]),
    ),
  ].join("\n\n");
}

function formatCodes(codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return formatTable(["code", "meaning"], rows);
}

/** Padded as Biome formats Markdown. */
function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, i) => Math.max(...lines.map((cells) => cells[i]?.length ?? 0)));
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = "", ...others] = lines.map(format);
  return [first, format(widths.map((width) => "-".repeat(width))), ...others].join("\n");
}
