/** Counts comparisons in Analytics Engine, by its SQL API. */
import * as z from "zod";
import { CliError } from "../cli-error.ts";
import type { ComparisonCounts } from "./comparison.ts";

/** Where to ask, and about what. */
export type AnalyticsQuery = {
  /** As in wrangler.toml. */
  readonly dataset: string;
  readonly sinceHours: number;
  readonly accountId: string;
  readonly token: string;
  /** Of Cloudflare's API. */
  readonly apiUrl: string;
};

const answerSchema = z.object({
  // Large numbers come as text.
  data: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
});

/**
 * Counts what `src/http/shadow-record.ts` and `src/http/request-record.ts` have written; a sampled data
 * point counts as many as it stands for.
 *
 * @param name - an alias
 * @param version - `id@version`
 * @throws CliError where the API does not answer
 */
export async function countAnalytics(
  query: AnalyticsQuery,
  name: string,
  version: string,
): Promise<ComparisonCounts> {
  // Names and versions have no character that would end the text; neither does what is checked here.
  if (!/^[A-Za-z0-9_]+$/.test(query.dataset)) {
    throw new CliError(
      "--dataset is wrong.",
      `"${query.dataset}" has other characters than letters, digits and '_'.`,
      "Give the dataset that wrangler.toml binds as ANALYTICS.",
    );
  }
  const [shadows = {}] = await ask(
    query,
    `SELECT
       SUM(IF(blob5 = '', _sample_interval, 0)) AS compared,
       SUM(IF(blob5 = '', _sample_interval * double1, 0)) AS agreed,
       SUM(IF(blob6 = 'shadow', _sample_interval, 0)) AS runs,
       SUM(IF(blob6 = 'shadow' AND blob5 != '', _sample_interval, 0)) AS failures
     FROM ${query.dataset}
     WHERE blob1 = 'shadow' AND blob2 = '${name}' AND blob4 = '${version}'
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
    throw failed(cause.message, "Check the network, and --api.", cause);
  });
  const text = await response.text();
  if (!response.ok) {
    throw failed(
      `It answered ${response.status}: ${text.slice(0, 300)}`,
      "Check CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN (with the right to read Account Analytics) and --dataset.",
    );
  }
  try {
    return answerSchema.parse(JSON.parse(text)).data;
  } catch (cause) {
    throw failed(`Its answer is none: ${text.slice(0, 300)}`, "Check --api.", cause);
  }
}

function toNumber(value: string | number | null | undefined): number {
  return Number(value ?? 0);
}

function failed(reason: string, fix: string, cause?: unknown): CliError {
  return new CliError("Analytics Engine cannot be asked.", reason, fix, cause);
}
