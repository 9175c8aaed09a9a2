/** What the load must show, and the table that shows it. */
import { formatTable } from "../../cli/terminal/format-table.ts";
import { parseConfig } from "../../src/config.ts";
import { type BadClientsReport, DROPPED_LATE_PER_SECOND } from "./bad-clients.ts";
import type { Outcome } from "./offer.ts";
import { type Summary, summarise } from "./summary.ts";

/** The outcomes at one load: alone, and beside slow uploads and dropped connections. */
export type Level = {
  /** Of the capacity. */
  readonly percent: number;
  readonly calm: readonly Outcome[];
  readonly beside: readonly Outcome[];
  readonly bad: BadClientsReport;
};

export type Check = { readonly holds: boolean; readonly what: string };

/** Bad clients must not make good ones wait longer than this. */
const MAX_RATIO = 1.5;
/** Maximum number of images in an isolate: one is processed, the others wait. */
const PLACES = parseConfig({}).queueLength + 1;
/** Allows for the load generator, which shares the machine with the Worker. */
const SLACK = 2;
/** The isolate may serve so much less than was measured. */
const CAPACITY_SLACK = 1.1;
/** Share of the requests that may be refused even if there is time for all: they come in bursts. */
const REFUSED_IN_BURSTS = 0.02;

export function formatLevels(levels: readonly Level[]): string {
  const rows = levels.flatMap(({ percent, calm, beside }) => {
    const [a, b] = [summarise(calm), summarise(beside)];
    return [
      [`${percent} %`, "calm", ...cells(a), ""],
      ["", "beside bad clients", ...cells(b), (b.p99 / a.p99).toFixed(2)],
    ];
  });
  const header = ["load", "mode", "requests", "answered", "refused", "wrong", "untyped"];
  return formatTable([...header, "p50 ms", "p99 ms", "p99 ratio"], rows);
}

function cells({ requests, answered, refused, wrong, untyped, p50, p99 }: Summary): string[] {
  return [
    ...[requests, answered, refused, wrong, untyped].map(String),
    p50.toFixed(0),
    p99.toFixed(0),
  ];
}

export function formatBadClients(levels: readonly Level[]): string {
  const rows = levels.map(({ percent, bad }) => [
    `${percent} %`,
    String(bad.slowUploads),
    String(bad.dropped),
    [...bad.endings].map(([ending, count]) => `${ending}: ${count}`).join(", "),
    String(bad.untyped),
  ]);
  return formatTable(["load", "slow uploads", "dropped", "slow uploads got", "untyped"], rows);
}

/** @param capacity - requests per second that the isolate serves */
export function checkLevels(levels: readonly Level[], capacity: number): readonly Check[] {
  return levels.flatMap((level) => checkLevel(level, capacity));
}

function checkLevel({ percent, calm, beside, bad }: Level, capacity: number): Check[] {
  const [a, b, all] = [calm, beside, [...calm, ...beside]].map(summarise) as [
    Summary,
    Summary,
    Summary,
  ];
  const ratio = b.p99 / a.p99;
  const serviceMs = 1000 / capacity;
  // An ensemble takes a turn for each model, and a heat map one more.
  const lateMs = SLACK * 2 * PLACES * serviceMs;
  const refusalMs = 2 * SLACK * serviceMs;
  const checks: [boolean, string][] = [
    [a.answered > 0 && b.answered > 0, "some requests are answered"],
    [
      ratio <= MAX_RATIO,
      `p99 beside bad clients is ${ratio.toFixed(2)} times p99 without (at most ${MAX_RATIO})`,
    ],
    [all.wrong === 0, `no answer is wrong (${all.wrong})`],
    [
      all.untyped + bad.untyped === 0,
      `no error lacks a documented code (${all.untyped + bad.untyped})`,
    ],
    checkRefusals("calm", a, percent),
    checkRefusals("beside bad clients", b, percent + (100 * DROPPED_LATE_PER_SECOND) / capacity),
    [
      a.p99 <= lateMs,
      `calm, p99 is within ${lateMs.toFixed(0)} ms: ${PLACES} places in the queue, twice for an ensemble or a heat map, times ${SLACK}`,
    ],
    [
      // Below the capacity only uploads are refused, after they have waited for slower ones to give way.
      percent <= 100 || !(all.refusedP50 > refusalMs),
      `the median of refusals is within ${refusalMs.toFixed(0)} ms: two requests, times ${SLACK}`,
    ],
  ];
  return checks.map(([holds, what]) => ({ holds, what: `at ${percent} %, ${what}` }));
}

/** @param percent - the load, with the dropped connections that have sent a whole photo */
function checkRefusals(
  mode: string,
  { refused, requests }: Summary,
  percent: number,
): [boolean, string] {
  const noTimeFor = Math.max(0, 1 - 100 / (percent * CAPACITY_SLACK));
  const max = noTimeFor + REFUSED_IN_BURSTS;
  const share = refused / requests;
  const what = `${mode}, ${toPercent(share)} of the requests are refused (at most ${toPercent(max)})`;
  return [share <= max, what];
}

function toPercent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
