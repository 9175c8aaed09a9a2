/** Help texts, from declarations. */
import type { Command } from "../define-command.ts";
import { COMMON_OPTIONS, type OptionSpec, type OptionSpecs, toFlag } from "./option-specs.ts";
import { formatArguments } from "./read-arguments.ts";

/** What a list of commands says of one. */
export type Listed = { readonly name: string; readonly summary: string };

const PROGRAM = "resnet-edge";
const WIDTH = 100;
const NAME_COLUMN = 26;

/** `resnet-edge model pull NAME [options]` */
export function formatUsage(name: string, { arguments: args, options }: Command): string {
  const required = Object.entries(options).flatMap(([option, spec]) =>
    "required" in spec && spec.required ? [formatOption(option, spec)] : [],
  );
  return [PROGRAM, name, formatArguments(args), ...required, "[options]"]
    .filter((part) => part !== "")
    .join(" ");
}

/** `--count N` */
export function formatOption(name: string, spec: OptionSpec): string {
  const flag = name === "help" ? "-h, --help" : toFlag(name);
  if (spec.type === "flag") return flag;
  return `${flag} ${spec.placeholder}${spec.repeated ? " ..." : ""}`;
}

/** What an option does, with its range and default. */
export function describeOption(spec: OptionSpec): string {
  const rules = [
    "required" in spec && spec.required ? "required" : "",
    spec.type === "number" ? `${spec.min} to ${spec.max}` : "",
    spec.type === "choice" ? `one of ${spec.choices.join(", ")}` : "",
    "repeated" in spec && spec.repeated ? "can be repeated" : "",
    formatDefault(spec),
  ].filter((rule) => rule !== "");
  return rules.length === 0 ? spec.help : `${spec.help} (${rules.join("; ")})`;
}

function formatDefault(spec: OptionSpec): string {
  if (spec.type === "flag") return "";
  const text = spec.defaultText ?? spec.default;
  return text === undefined ? "" : `default: ${text}`;
}

/** A command's help. */
export function formatCommandHelp({ name, summary }: Listed, command: Command): string {
  const args = Object.values(command.arguments).map(({ placeholder, help }) => [placeholder, help]);
  const all: OptionSpecs = { ...command.options, ...COMMON_OPTIONS };
  const options = Object.entries(all).map(([option, spec]) => [
    formatOption(option, spec),
    describeOption(spec),
  ]);
  return [
    formatUsage(name, command),
    `${summary}.`,
    ...command.description.split("\n\n").map((paragraph) => wrap(paragraph, 0)),
    ...(args.length > 0 ? [`Arguments:\n${formatRows(args)}`] : []),
    `Options:\n${formatRows(options)}`,
  ].join("\n\n");
}

/** The commands, all of them or those of one noun. */
export function formatCommandList(commands: readonly Listed[], noun?: string): string {
  const rows = commands.map(({ name, summary }) => [name, summary]);
  return [
    noun === undefined
      ? `${PROGRAM} NOUN VERB [arguments] [options]`
      : `${PROGRAM} ${noun} VERB [arguments] [options]`,
    `Commands:\n${formatRows(rows)}`,
    `Options:\n${formatRows([
      ["--json", COMMON_OPTIONS.json.help],
      ["-h, --help", "show this help; after a command, show what the command takes"],
      ...(noun === undefined ? [["--version", `show the version of ${PROGRAM}`]] : []),
    ])}`,
  ].join("\n\n");
}

function formatRows(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([left = "", right = ""]) => {
      const head = `  ${left.padEnd(NAME_COLUMN - 3)} `;
      const body = wrap(right, NAME_COLUMN);
      return head.length > NAME_COLUMN
        ? `${head.trimEnd()}\n${" ".repeat(NAME_COLUMN)}${body}`
        : `${head}${body}`;
    })
    .join("\n");
}

/** Breaks lines at spaces; all but the first are indented. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= WIDTH - indent || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}
