/** The shell commands of a page in Markdown. */
import parse from "shell-quote/parse";

/** One command of a line, without its comment: `npm ci && npm start` has two. */
export type ShellCommand = {
  /** Line of the page, from 1. */
  readonly line: number;
  /** The program and what follows it, without variables that are set for it. */
  readonly words: readonly string[];
  /** The file that `>` writes. */
  readonly writes: string | undefined;
};

const FENCE = /^ *```+ *(\w*)/;
/** A command in a sentence. One word alone is the name of a program, and curl without a URL an option of it. */
const INLINE = /`((?:[A-Z_]+=\S+ )*(?:(?:npm|npx|bash) [^`\n]+|curl [^`\n]*https?:[^`\n]+))`/g;

/** Commands of blocks marked `sh`, of lines that begin with `$ ` in other blocks, and of code in sentences. */
export function findShellCommands(page: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let language: string | undefined;
  let begun = "";
  for (const [i, text] of page.split("\n").entries()) {
    const fence = FENCE.exec(text);
    if (fence) {
      language = language === undefined ? fence[1] : undefined;
      continue;
    }
    for (const written of findIn(text, language)) {
      // A backslash at the end joins the next line.
      const whole = begun + written;
      begun = language !== undefined && whole.endsWith("\\") ? whole.slice(0, -1) : "";
      if (begun === "") commands.push(...splitLine(whole, i + 1));
    }
  }
  return commands;
}

/** @param language - of the block that the line is in; undefined outside blocks */
function findIn(text: string, language: string | undefined): string[] {
  if (language === "sh") return [text];
  if (language !== undefined) return text.startsWith("$ ") ? [text.slice(2)] : [];
  return Array.from(text.matchAll(INLINE), ([, command = ""]) => command);
}

function splitLine(text: string, line: number): ShellCommand[] {
  const commands: { line: number; words: string[]; writes: string | undefined }[] = [];
  let redirects = false;
  let current: (typeof commands)[number] | undefined;
  for (const token of parse(text, (name) => `$${name}`)) {
    if (typeof token === "string" || ("op" in token && token.op === "glob")) {
      const word = typeof token === "string" ? token : token.pattern;
      if (redirects && current) current.writes = word;
      else if (current) current.words.push(word);
      // Variables come before the program, or stand alone.
      else if (!/^\w+=/.test(word)) {
        current = { line, words: [word], writes: undefined };
        commands.push(current);
      }
      redirects = false;
    } else if ("op" in token) {
      redirects = token.op === ">";
      if (!redirects) current = undefined;
    }
  }
  return commands;
}
