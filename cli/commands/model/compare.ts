/** `resnet-edge model compare`: how a new version does beside the one that a name means. */

import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { type Aliases, armsOf, shadowOf } from "../../../src/models/aliases.ts";
import { type VersionRef, versionName } from "../../../src/models/version-ref.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import {
  type Command,
  type Options,
  parseOptions,
  readNumber,
  requireWords,
} from "../../command.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import {
  type Comparison,
  type ComparisonCounts,
  countRecords,
  type EstimatedShare,
  judgeComparison,
} from "../../registry/comparison.ts";
import { formatShare } from "../../registry/describe-arms.ts";
import { demote } from "../../registry/edit-aliases.ts";
import { countAnalytics } from "../../registry/query-analytics.ts";
import { readLogRecords } from "../../registry/read-log-records.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";

const DEFAULT_MAX_DISAGREEMENT = 0.1;
const DEFAULT_MAX_ERROR_RATE = 0.02;
const DEFAULT_SINCE_HOURS = 24;
const API_URL = "https://api.cloudflare.com/client/v4";

const USAGE = `resnet-edge model compare NAME [ID@VERSION] (--logs FILE | --dataset NAME) [options]

Tells how often a new version says the same as the one that NAME means, and how often it fails. The new
version is NAME's shadow, else the last of its split. It is to go where a share exceeds its bound by more
than chance explains (95 %).

  --logs FILE         log lines: of npm start, or of npx wrangler tail --format json; - for standard input
  --dataset NAME      the Analytics Engine dataset that wrangler.toml binds as ANALYTICS; needs
                      CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN in the environment
  --since HOURS       how far back in the dataset (default ${DEFAULT_SINCE_HOURS})
  --max-disagreement S  (default: as model shadow was told, else ${DEFAULT_MAX_DISAGREEMENT})
  --max-error-rate S  (default: as model shadow was told, else ${DEFAULT_MAX_ERROR_RATE})
  --demote            take the new version out of NAME where it is to go; to be run by a timer
  --api URL           of Cloudflare's API (default ${API_URL})
${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = {
  logs: "string",
  dataset: "string",
  since: "string",
  "max-disagreement": "string",
  "max-error-rate": "string",
  demote: "boolean",
  api: "string",
  ...AUTHOR_OPTIONS,
  ...STORE_OPTIONS,
} as const;

type CompareOptions = Options<typeof OPTIONS>;

export const compare: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const names = words.length > 1 ? ["NAME", "ID@VERSION"] : ["NAME"];
    const [nameWord = "", refWord] = requireWords(words, names, "compare");
    const name = readAlias(nameWord);
    const given = refWord === undefined ? undefined : readVersionRef(refWord);
    return withStore(options, async (store) => {
      const { aliases } = await readAliases(store);
      const ref = given ?? findNewVersion(aliases, name);
      const version = versionName(ref);
      const counts = await count(options, name, version);
      const bounds = readBounds(options, aliases, name);
      const comparison = judgeComparison(counts, bounds);
      const demoted = options.demote && comparison.verdict === "demote";
      if (demoted) {
        const author = readAuthor({ ...options, note: options.note ?? describeShares(comparison) });
        await changeAliases(store, (current) => demote(current, name, ref, author));
      }
      return {
        result: { name, version, ...comparison, ...bounds, demoted },
        words: [
          `${version} beside what ${name} means:`,
          describeShares(comparison),
          {
            keep: "It may stay: both are below their bounds.",
            demote: "It is to go.",
            undecided: "Undecided: more images are needed to tell.",
          }[comparison.verdict],
          ...(demoted ? [`${name} does not mean it any more.`] : []),
          ...(comparison.verdict === "demote" && !options.demote
            ? ["Take it out with --demote."]
            : []),
        ].join("\n"),
      };
    });
  },
};

function findNewVersion(aliases: Aliases, name: string): VersionRef {
  const arms = armsOf(aliases, name) ?? [];
  const found = shadowOf(aliases, name) ?? (arms.length > 1 ? arms.at(-1) : undefined);
  if (found) return { id: found.id, version: found.version };
  throw new CliError(
    `It is not clear which version to compare with ${name}.`,
    arms.length === 0 ? "There is no such name." : "It means one version, and has no shadow.",
    "Name the version, or begin with resnet-edge model shadow or split.",
  );
}

async function count(
  options: CompareOptions,
  name: string,
  version: string,
): Promise<ComparisonCounts> {
  const { logs, dataset } = options;
  if ((logs === undefined) === (dataset === undefined)) {
    throw new CliError(
      "It is not clear what to count in.",
      "One of --logs and --dataset must be given.",
      "See resnet-edge model compare --help",
    );
  }
  if (dataset === undefined) {
    return countRecords(readLogRecords(await readText(logs as string)), name, version);
  }
  const since = readNumber("since", options.since, { min: 1, max: 2160, integer: true });
  const { CLOUDFLARE_ACCOUNT_ID: accountId, CLOUDFLARE_API_TOKEN: token } = process.env;
  if (!accountId || !token) {
    throw new CliError(
      "Analytics Engine cannot be asked.",
      "CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN must both be set.",
      "Make a token with the right to read Account Analytics: dash.cloudflare.com, My Profile, API Tokens.",
    );
  }
  const apiUrl = options.api ?? API_URL;
  const sinceHours = since ?? DEFAULT_SINCE_HOURS;
  return countAnalytics({ dataset, sinceHours, accountId, token, apiUrl }, name, version);
}

function readText(path: string): Promise<string> {
  if (path === "-") return readAll(process.stdin);
  return readFile(path, "utf8").catch((cause: Error) => {
    throw new CliError(
      `${path} cannot be read.`,
      `${cause.message}.`,
      "Give a file's path.",
      cause,
    );
  });
}

function readBounds(options: CompareOptions, aliases: Aliases, name: string) {
  const share = (option: "max-disagreement" | "max-error-rate") =>
    readNumber(option, options[option], { min: 0, max: 1 });
  const shadow = shadowOf(aliases, name);
  return {
    maxDisagreement:
      share("max-disagreement") ?? shadow?.maxDisagreement ?? DEFAULT_MAX_DISAGREEMENT,
    maxErrorRate: share("max-error-rate") ?? shadow?.maxErrorRate ?? DEFAULT_MAX_ERROR_RATE,
  };
}

function describeShares({ compared, disagreement, runs, errorRate }: Comparison): string {
  const between = ({ share, low, high }: EstimatedShare) =>
    `${formatShare(share)} (95 %: ${formatShare(low)} to ${formatShare(high)})`;
  return [
    `another first class on ${between(disagreement)} of ${compared} images`,
    `failed on ${between(errorRate)} of ${runs} images`,
  ].join("; ");
}
