/** What a response is: the right answer, a refusal, a wrong answer, or an error without a documented code. */
import { readFile } from "node:fs/promises";
import type { Reply } from "../send-request.ts";

export type Verdict =
  | { readonly is: "answered" | "refused" }
  /** `why` explains it in the report. */
  | { readonly is: "wrong" | "untyped"; readonly why: string };

/** The parsed body of a response. */
export type Json = {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  // biome-ignore lint/suspicious/noExplicitAny: each kind of request checks its own shape
  readonly [name: string]: any;
};

/** Says what is wrong with the response to an accepted request, if anything. */
export type Check = (status: number, json: Json) => string | undefined;

const REFUSALS: ReadonlySet<string> = new Set(["OVERLOADED", "RATE_LIMITED"]);

/** The codes in the table of docs/errors.md. */
export async function readDocumentedCodes(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const firstCells = [...text.matchAll(/^\|([^|]*)\|/gm)].map(([, cell = ""]) => cell);
  return new Set(firstCells.flatMap((cell) => cell.match(/[A-Z][A-Z_]+/g) ?? []));
}

/** Judges one response; a broken connection counts as an untyped error. */
export function judge(reply: Reply | Error, check: Check, codes: ReadonlySet<string>): Verdict {
  if (reply instanceof Error) return { is: "untyped", why: `connection: ${reply.message}` };
  const json = parse(reply.text);
  if (!json) {
    return { is: "untyped", why: `${reply.status}, not JSON: ${reply.text.slice(0, 60)}` };
  }
  const { status } = reply;
  const found = (json.errors ?? []).map(({ extensions }) => extensions?.code ?? "no code");
  const unknown = found.find((code) => !codes.has(code) || code === "INTERNAL_SERVER_ERROR");
  if (unknown !== undefined) return { is: "untyped", why: `${status}, ${unknown}` };
  if (status >= 400 && found.length === 0) return { is: "untyped", why: `${status}, no code` };
  if (found.some((code) => REFUSALS.has(code))) {
    // Part of the data may have been answered; such a response has a status of 2xx.
    if (status < 300 || reply.retryAfter) return { is: "refused" };
    return { is: "untyped", why: `${status}, ${found[0]} without Retry-After` };
  }
  const why = check(status, json);
  return why === undefined ? { is: "answered" } : { is: "wrong", why };
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
