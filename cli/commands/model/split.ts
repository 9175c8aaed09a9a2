/** `resnet-edge model split`: lets several versions share a name's requests. */
import { type Arm, armsOf } from "../../../src/models/aliases.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions } from "../../command.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { verifyVersion } from "../../registry/version-files.ts";

const USAGE = `resnet-edge model split NAME ID@VERSION=WEIGHT ID@VERSION=WEIGHT … [options]

Lets several versions share NAME's requests by weight. The same caller (X-Client-Id) or photo always gets
the same one; where a weight grows, nobody is taken from it. Put the version that is known first: where
the weight of a later one grows, the callers of the first move to it.

${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = { ...AUTHOR_OPTIONS, ...STORE_OPTIONS } as const;

export const split: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [nameWord = "", ...armWords] = words;
    const name = readAlias(nameWord);
    const arms = armWords.map(readArm);
    requireSeveral(arms);
    const changed = await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        const next = edit.split(aliases, name, arms, readAuthor(options));
        for (const arm of arms) await verifyVersion(store, arm);
        return next;
      }),
    );
    const after = armsOf(changed, name);
    return {
      result: { name, after },
      words: `${name} means ${describeArms(after)} now.`,
    };
  },
};

function readArm(text: string): Arm {
  const [ref = "", weight, ...rest] = text.split("=");
  const number = Number(weight);
  if (weight && rest.length === 0 && Number.isFinite(number) && number > 0) {
    return { ...readVersionRef(ref), weight: number };
  }
  throw new CliError(
    `"${text}" is no part of a split.`,
    "A part is written ID@VERSION=WEIGHT, with a weight above 0.",
    "Give them as in resnet18@1.0.0=90 resnet18@1.1.0=10.",
  );
}

function requireSeveral(arms: readonly Arm[]): void {
  const names = new Set(arms.map(versionName));
  if (arms.length >= 2 && names.size === arms.length) return;
  throw new CliError(
    "A split needs two versions or more, each once.",
    `${names.size} of ${arms.length} parts name another version.`,
    "For one version use resnet-edge model promote.",
  );
}
