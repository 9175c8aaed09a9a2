import { armsOf } from "../../../src/models/aliases.ts";
import { isSameVersion, versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { ALIAS, VERSION } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { noteIfTooLarge } from "../../registry/check-room.ts";
import { formatShare } from "../../registry/describe-arms.ts";
import { endShadow, setShadow } from "../../registry/edit-shadow.ts";
import { verifyVersion } from "../../registry/published-versions.ts";
import { requireAgreeing } from "../../registry/require-agreeing.ts";

const SHARE = { type: "number", min: 0, max: 1, placeholder: "S" } as const;

export const shadow = defineCommand({
  description:
    "Run a version after the responses to a share of the alias's requests; callers never see its results. model compare shows how often it agrees, and can end the shadow if it disagrees or fails too often. Give either a version or --off.",
  arguments: { alias: ALIAS, version: { ...VERSION, optional: true } },
  options: {
    share: { ...SHARE, min: 0.001, help: "share of the requests", default: 0.1 },
    maxDisagreement: {
      ...SHARE,
      help: "share of images with another first class above which model compare --demote acts",
    },
    maxErrorRate: {
      ...SHARE,
      help: "share of failed runs above which model compare --demote acts",
    },
    off: { type: "flag", help: "end the alias's shadow" },
    ...AUTHOR_OPTIONS,
    ...BUCKET_OPTIONS,
  },
  run: async ({ args: { alias, version: ref }, options }) => {
    const { share, maxDisagreement, maxErrorRate, off } = options;
    if (off === (ref !== undefined)) {
      throw new CliError("USAGE", {
        what: "It is not clear what to do.",
        why: `model shadow takes either a version or --off, and was given ${off ? "both" : "neither"}.`,
        fix: "Give ALIAS ID@VERSION to start a shadow, or ALIAS --off to end it.",
      });
    }
    const value = ref && {
      ...ref,
      share,
      ...(maxDisagreement === undefined ? {} : { maxDisagreement }),
      ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    };
    const note = await withStore(options, async (store) => {
      const changed = await changeAliases(store, async (aliases) => {
        if (!value) return endShadow(aliases, alias, readAuthor(options));
        const next = setShadow(aliases, alias, value, readAuthor(options));
        await verifyVersion(store, value);
        await requireAgreeing(store, [...(armsOf(aliases, alias) ?? []), value]);
        return next;
      });
      if (!value) return undefined;
      const arms = (armsOf(changed, alias) ?? []).filter((arm) => !isSameVersion(arm, value));
      return noteIfTooLarge(store, [...arms, value]);
    });
    return {
      result: { name: alias, shadow: value ?? null, ...(note === undefined ? {} : { note }) },
      text: value
        ? [
            `${versionName(value)} now runs after ${formatShare(share)} of the answers of ${alias}.`,
            ...(note === undefined ? [] : [note]),
            `Next: resnet-edge model compare ${alias} --logs FILE`,
          ].join("\n")
        : `${alias} no longer has a shadow.`,
    };
  },
});
