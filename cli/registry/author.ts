/** Who changes something, and why. */
import { hostname, userInfo } from "node:os";
import type { OptionSpecs } from "../command/option-specs.ts";
import type { Options } from "../define-command.ts";

/** An entry's author in the history of aliases.json. */
export type Author = { readonly by: string; readonly at: string; readonly note?: string };

/** Options of every command that changes aliases. */
export const AUTHOR_OPTIONS = {
  by: {
    type: "text",
    placeholder: "NAME",
    help: "who made the change, for the history",
    defaultText: "USER@HOST",
  },
  note: { type: "text", placeholder: "TEXT", help: "why, for the history" },
} as const satisfies OptionSpecs;

/** The longest name that the history holds. */
const MAX_NAME_LENGTH = 100;

export function readAuthor({ by, note }: Options<typeof AUTHOR_OPTIONS>): Author {
  return {
    at: new Date().toISOString(),
    by: by ?? `${userInfo().username}@${hostname()}`.slice(0, MAX_NAME_LENGTH),
    ...(note === undefined ? {} : { note }),
  };
}
