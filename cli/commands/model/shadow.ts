/** `resnet-edge model shadow`: runs a version after a name's answers, to be compared with them. */

import { versionName } from "../../../src/models/version-ref.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions, readNumber } from "../../command.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import { formatShare } from "../../registry/describe-arms.ts";
import { setShadow } from "../../registry/edit-aliases.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { verifyVersion } from "../../registry/version-files.ts";

const DEFAULT_SHARE = 0.1;

const USAGE = `resnet-edge model shadow NAME ID@VERSION [options]
resnet-edge model shadow NAME --off

Runs a version after the responses to a share of NAME's requests. Nobody sees what it says; model compare
tells how often it says the same, and takes it out again where it disagrees or fails too often.

  --share S           of the requests, from 0 to 1 (default ${DEFAULT_SHARE})
  --max-disagreement S  share of other first classes from which on model compare --demote acts
  --max-error-rate S  share of runs that fail, likewise
  --off               end it
${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = {
  share: "string",
  "max-disagreement": "string",
  "max-error-rate": "string",
  off: "boolean",
  ...AUTHOR_OPTIONS,
  ...STORE_OPTIONS,
} as const;

export const shadow: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [nameWord = "", refWord, ...more] = words;
    const name = readAlias(nameWord);
    if (more.length > 0 || options.off === (refWord !== undefined)) {
      throw new CliError(
        "It is not clear what to do.",
        "model shadow takes a name and a version, or a name and --off.",
        "See resnet-edge model shadow --help",
      );
    }
    const share = (option: string, text: string | undefined) =>
      readNumber(option, text, { min: 0, max: 1 });
    const maxDisagreement = share("max-disagreement", options["max-disagreement"]);
    const maxErrorRate = share("max-error-rate", options["max-error-rate"]);
    const settings = {
      share: share("share", options.share) ?? DEFAULT_SHARE,
      ...(maxDisagreement === undefined ? {} : { maxDisagreement }),
      ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    };
    const ref = refWord === undefined ? undefined : readVersionRef(refWord);
    const value = ref && { ...ref, ...settings };
    await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        const next = setShadow(aliases, name, value, readAuthor(options));
        if (ref) await verifyVersion(store, ref);
        return next;
      }),
    );
    return {
      result: { name, shadow: value ?? null },
      words: ref
        ? `${versionName(ref)} runs after ${formatShare(settings.share)} of the answers of ${name} now.\nNext: resnet-edge model compare ${name} --logs FILE`
        : `${name} has no shadow any more.`,
    };
  },
};
