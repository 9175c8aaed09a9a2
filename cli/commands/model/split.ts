import { type Arm, armsOf } from "../../../src/models/aliases.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { ALIAS } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { noteIfTooLarge } from "../../registry/check-room.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";
import { verifyVersion } from "../../registry/published-versions.ts";
import { readVersionRef } from "../../registry/read-version-ref.ts";
import { requireAgreeing } from "../../registry/require-agreeing.ts";

/** Far larger weights would add up to infinity. */
const MAX_WEIGHT = 1_000_000;

export const split = defineCommand({
  description:
    "Verify the versions, then split the alias's requests between them by weight. The same caller (X-Client-Id) or photo always gets the same version. Put the established version first: if you increase the weight of a later one, callers move to it from the first, and no caller of the later one moves away.",
  arguments: {
    alias: ALIAS,
    arms: {
      placeholder: "ID@VERSION=WEIGHT",
      help: "a published version and its weight among the others, such as shop@1.0.0=90; give two or more",
      repeated: true,
      parse: readArm,
    },
  },
  options: { ...AUTHOR_OPTIONS, ...BUCKET_OPTIONS },
  run: async ({ args: { alias, arms }, options }) => {
    requireSeveral(arms);
    const { changed, note } = await withStore(options, async (store) => ({
      changed: await changeAliases(store, async (aliases) => {
        const next = edit.split(aliases, alias, arms, readAuthor(options));
        for (const arm of arms) await verifyVersion(store, arm);
        await requireAgreeing(store, arms);
        return next;
      }),
      note: await noteIfTooLarge(store, arms),
    }));
    const after = armsOf(changed, alias);
    return {
      result: { name: alias, after, ...(note === undefined ? {} : { note }) },
      text: [`${alias} now points to ${describeArms(after)}.`, ...(note ? [note] : [])].join("\n"),
    };
  },
});

function readArm(text: string): Arm {
  const [ref = "", weight, ...rest] = text.split("=");
  const number = Number(weight);
  if (weight && rest.length === 0 && number > 0 && number <= MAX_WEIGHT) {
    return { ...readVersionRef(ref), weight: number };
  }
  throw new CliError("OPTION_INVALID", {
    what: `"${text}" is not a part of a split.`,
    why: `A part is written ID@VERSION=WEIGHT, with a weight above 0 and up to ${MAX_WEIGHT}.`,
    fix: "Give parts such as shop@1.0.0=90 shop@1.1.0=10.",
  });
}

function requireSeveral(arms: readonly Arm[]): void {
  const names = new Set(arms.map(versionName));
  if (arms.length >= 2 && names.size === arms.length) return;
  throw new CliError("USAGE", {
    what: "A split needs two or more versions, each once.",
    why: `There ${arms.length === 1 ? "is 1 part" : `are ${arms.length} parts`} with ${names.size} different version${names.size === 1 ? "" : "s"}.`,
    fix: "For a single version, use resnet-edge model promote.",
  });
}
