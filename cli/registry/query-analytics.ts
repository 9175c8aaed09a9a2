/** Counts comparisons in Analytics Engine, through its SQL API. */
import * as z from "zod";
import { parseJson } from "../../src/models/parse-json.ts";
import { CliError } from "../cli-error.ts";
import type { ComparisonCounts } from "./comparison.ts";

export type AnalyticsQuery = {
  /** As {@link readDataset} allows it: it becomes part of the SQL. */
  readonly dataset: string;
  readonly sinceHours: number;
  readonly accountId: string;
  readonly token: string;
  /** Of Cloudflare's API, such as https://api.cloudflare.com/client/v4. */
  readonly apiUrl: string;
};

/** Characters of an answer that an error message repeats. */
const MAX_QUOTED = 300;

const answerSchema = z.object({
  // Large numbers come as text.
  data: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
});

/** @throws CliError OPTION_INVALID if a dataset cannot be called this */
export function readDataset(text: string, label: string): string {
  if (/^[A-Za-z0-9_]+$/.test(text)) return text;
  throw new CliError("OPTION_INVALID", {
    what: `${label} is not valid.`,
    why: `"${text}" has characters other than letters, digits and '_'.`,
    fix: "Give the dataset that wrangler.toml binds as ANALYTICS.",
  });
}

/**
 * Counts the data points that the Worker wrote for shadows and for requests. A sampled data point counts
 * as many times as it stands for.
 *
 * @param version - `id@version`
 * @throws CliError ANALYTICS_FAILED
 */
export async function countAnalytics(
  query: AnalyticsQuery,
  alias: string,
  version: string,
): Promise<ComparisonCounts> {
  // Aliases and versions have no character that could end a string of SQL either.
  const [shadows = {}] = await ask(
    query,
    `SELECT
       SUM(IF(blob5 = '', _sample_interval, 0)) AS compared,
       SUM(IF(blob5 = '', _sample_interval * double1, 0)) AS agreed,
       SUM(IF(blob6 = 'shadow', _sample_interval, 0)) AS runs,
       SUM(IF(blob6 = 'shadow' AND blob5 != '', _sample_interval, 0)) AS failures
     FROM ${query.dataset}
     WHERE blob1 = 'shadow' AND blob2 = '${alias}' AND blob4 = '${version}'
       AND timestamp > NOW() - INTERVAL '${query.sinceHours}' HOUR`,
  );
  const [requests = {}] = await ask(
    query,
    `SELECT
       SUM(IF(blob3 = '${version}', _sample_interval * double3, 0)) AS answers,
       SUM(IF(blob6 = '${version}', _sample_interval * double5, 0)) AS failures
     FROM ${query.dataset}
     WHERE blob1 != 'shadow' AND (blob3 = '${version}' OR blob6 = '${version}')
       AND timestamp > NOW() - INTERVAL '${query.sinceHours}' HOUR`,
  );
  const failures = toNumber(requests.failures);
  return {
    compared: toNumber(shadows.compared),
    agreed: toNumber(shadows.agreed),
    runs: toNumber(shadows.runs) + toNumber(requests.answers) + failures,
    failures: toNumber(shadows.failures) + failures,
  };
}

type Row = Readonly<Record<string, string | number | null>>;

async function ask({ accountId, token, apiUrl }: AnalyticsQuery, sql: string): Promise<Row[]> {
  const url = `${apiUrl.replace(/\/+$/, "")}/accounts/${accountId}/analytics_engine/sql`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: sql,
  }).catch((cause: Error) => {
    throw failed(`${cause.message}.`, "Check the network and --api.", cause);
  });
  const text = await response.text();
  if (!response.ok) {
    throw failed(
      `The API answered ${response.status}: ${text.slice(0, MAX_QUOTED)}`,
      "Check --dataset, CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, which must be allowed to read Account Analytics.",
    );
  }
  const parsed = parseJson(text, answerSchema);
  if (parsed.problem === undefined) return parsed.value.data;
  throw failed(
    `The API's answer cannot be used: ${text.slice(0, MAX_QUOTED)}`,
    "Check --api.",
    parsed.cause,
  );
}

function toNumber(value: string | number | null | undefined): number {
  return Number(value ?? 0);
}

function failed(why: string, fix: string, cause?: unknown): CliError {
  return new CliError("ANALYTICS_FAILED", {
    what: "Analytics Engine could not be queried.",
    why,
    fix,
    cause,
  });
}
