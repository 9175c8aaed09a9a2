/** The log of the service: one line of JSON for each event. */

import { fullMessage } from "./errors.ts";

/** How serious an event is. */
export type LogLevel = "info" | "warn" | "error";

/** Writes an event; `facts` never hold an image, a key or an address. */
export type Log = (level: LogLevel, event: string, facts: object) => void;

/** @param write - gets the lines */
export function createLog(write: (line: string) => void): Log {
  return (level, event, facts) => write(JSON.stringify({ level, event, ...facts }));
}

/** The code of an error, and its message with those of its causes. */
export function describeError(error: unknown): { readonly code: string; readonly reason: string } {
  const { code } = { ...(error as { code?: unknown } | null) };
  return {
    code: typeof code === "string" ? code : "INTERNAL_SERVER_ERROR",
    reason: fullMessage(error),
  };
}
