import { text as readAll } from "node:stream/consumers";
import { type Aliases, armsOf, shadowOf } from "../../../src/models/aliases.ts";
import { type VersionRef, versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import type { OptionSpecs } from "../../command/option-specs.ts";
import { readUrl } from "../../command/read-url.ts";
import { defineCommand, type Options } from "../../define-command.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { ALIAS, VERSION } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases, readAliases } from "../../registry/change-aliases.ts";
import { type ComparisonCounts, countRecords, judgeComparison } from "../../registry/comparison.ts";
import { describeComparison, describeShares } from "../../registry/describe-comparison.ts";
import { demote } from "../../registry/edit-aliases.ts";
import { countAnalytics, readDataset } from "../../registry/query-analytics.ts";
import { readLogRecords } from "../../registry/read-log-records.ts";

const DEFAULT_MAX_DISAGREEMENT = 0.1;
const DEFAULT_MAX_ERROR_RATE = 0.02;
const SHARE = { type: "number", min: 0, max: 1, placeholder: "S" } as const;

const COUNT_OPTIONS = {
  logs: {
    type: "text",
    placeholder: "FILE",
    help: "count in log lines: of npm start, or of npx wrangler tail --format json; - for standard input",
  },
  dataset: {
    type: "text",
    placeholder: "NAME",
    help: "count in the Analytics Engine dataset that wrangler.toml binds as ANALYTICS; needs CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN in the environment",
    parse: readDataset,
  },
  since: {
    type: "number",
    min: 1,
    max: 2160,
    integer: true,
    placeholder: "HOURS",
    help: "how far back to count in the dataset",
    default: 24,
  },
  api: {
    type: "text",
    placeholder: "URL",
    help: "URL of Cloudflare's API",
    default: "https://api.cloudflare.com/client/v4",
    parse: readUrl,
  },
} as const satisfies OptionSpecs;

export const compare = defineCommand({
  description:
    "Show how often a new version agrees with the one that ALIAS points to, and how often it fails. Without a version, compare the alias's shadow, or else the last version of its split. The new version must go if one of the two shares exceeds its bound by more than chance explains (95 %). Give either --logs or --dataset.",
  arguments: { alias: ALIAS, version: { ...VERSION, optional: true } },
  options: {
    ...COUNT_OPTIONS,
    maxDisagreement: {
      ...SHARE,
      help: "bound for the share of images with another first class",
      defaultText: `as set by model shadow, or ${DEFAULT_MAX_DISAGREEMENT}`,
    },
    maxErrorRate: {
      ...SHARE,
      help: "bound for the share of failed runs",
      defaultText: `as set by model shadow, or ${DEFAULT_MAX_ERROR_RATE}`,
    },
    demote: {
      type: "flag",
      help: "if the new version must go, take it out of the alias; for use in a scheduled job",
    },
    ...AUTHOR_OPTIONS,
    ...BUCKET_OPTIONS,
  },
  run: ({ args: { alias, version: given }, options }) =>
    withStore(options, async (store) => {
      const aliases = await readAliases(store);
      const ref = given ?? findNewVersion(aliases, alias);
      const version = versionName(ref);
      const counts = await count(options, alias, version);
      const shadow = shadowOf(aliases, alias);
      const bounds = {
        maxDisagreement:
          options.maxDisagreement ?? shadow?.maxDisagreement ?? DEFAULT_MAX_DISAGREEMENT,
        maxErrorRate: options.maxErrorRate ?? shadow?.maxErrorRate ?? DEFAULT_MAX_ERROR_RATE,
      };
      const comparison = judgeComparison(counts, bounds);
      const demoted = options.demote && comparison.verdict === "demote";
      if (demoted) {
        const author = readAuthor({ ...options, note: options.note ?? describeShares(comparison) });
        await changeAliases(store, (current) => demote(current, alias, ref, author));
      }
      return {
        result: { name: alias, version, ...comparison, ...bounds, demoted },
        text: describeComparison(alias, version, comparison, demoted),
      };
    }),
});

function findNewVersion(aliases: Aliases, alias: string): VersionRef {
  const arms = armsOf(aliases, alias);
  const found = shadowOf(aliases, alias) ?? (arms && arms.length > 1 ? arms.at(-1) : undefined);
  if (found) return { id: found.id, version: found.version };
  throw new CliError(arms ? "SHADOW_MISSING" : "ALIAS_UNKNOWN", {
    what: `It is not clear which version to compare with ${alias}.`,
    why: arms ? "It points to one version, and has no shadow." : "There is no such alias.",
    fix: "Give the version, or start with resnet-edge model shadow or resnet-edge model split.",
  });
}

async function count(
  { logs, dataset, since, api }: Options<typeof COUNT_OPTIONS>,
  alias: string,
  version: string,
): Promise<ComparisonCounts> {
  if (logs !== undefined && dataset === undefined) {
    const text = logs === "-" ? await readAll(process.stdin) : await readTextOrFail(logs);
    return countRecords(readLogRecords(text), alias, version);
  }
  if (logs !== undefined || dataset === undefined) {
    throw new CliError("USAGE", {
      what: "It is not clear what to count in.",
      why: `model compare takes either --logs or --dataset, and was given ${logs === undefined ? "neither" : "both"}.`,
      fix: "Give one of them.",
    });
  }
  const { CLOUDFLARE_ACCOUNT_ID: accountId, CLOUDFLARE_API_TOKEN: token } = process.env;
  if (!accountId || !token) {
    throw new CliError("CREDENTIALS_MISSING", {
      what: "Analytics Engine cannot be queried.",
      why: "CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN must both be set.",
      fix: "Create a token that can read Account Analytics: dash.cloudflare.com, My Profile, API Tokens.",
    });
  }
  const query = { dataset, sinceHours: since, accountId, token, apiUrl: api };
  return countAnalytics(query, alias, version);
}
