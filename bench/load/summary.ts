/** Numbers and tables about the outcomes of one or more turns. */
import { formatTable } from "../../cli/terminal/format-table.ts";
import type { Outcome } from "./offer.ts";

export type Summary = {
  readonly requests: number;
  readonly answered: number;
  readonly refused: number;
  readonly wrong: number;
  readonly untyped: number;
  /** Milliseconds of the requests that were answered as they should be. */
  readonly p50: number;
  readonly p99: number;
  /** Median of the refusals; NaN if there are none. */
  readonly refusedP50: number;
};

export function summarise(outcomes: readonly Outcome[]): Summary {
  const of = (is: Outcome["verdict"]["is"]) =>
    outcomes.filter(({ verdict }) => verdict.is === is).map(({ ms }) => ms);
  const answered = of("answered");
  const refused = of("refused");
  return {
    requests: outcomes.length,
    answered: answered.length,
    refused: refused.length,
    wrong: of("wrong").length,
    untyped: of("untyped").length,
    p50: percentile(answered, 50),
    p99: percentile(answered, 99),
    refusedP50: percentile(refused, 50),
  };
}

/** What happened to each kind of request. */
export function formatKinds(outcomes: readonly Outcome[]): string {
  const byKind = Map.groupBy(outcomes, ({ kind }) => kind);
  const rows = [...byKind].map(([kind, group]) => {
    const { requests, answered, refused, wrong, untyped, p50, p99 } = summarise(group);
    const counts = [requests, answered, refused, wrong, untyped];
    return [kind, ...counts.map(String), p50.toFixed(0), p99.toFixed(0)];
  });
  const header = ["kind", "requests", "answered", "refused", "wrong", "untyped", "p50 ms"];
  return formatTable([...header, "p99 ms"], rows);
}

/** The reasons for wrong answers and untyped errors, most frequent first. */
export function formatProblems(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { kind, verdict } of outcomes) {
    if (!("why" in verdict)) continue;
    const line = `${verdict.is}: ${kind}: ${verdict.why}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([line, count]) => `${count} x ${line}`).join("\n");
}

/** Uses the nearest rank; NaN if there are no values. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}
