/** `resnet-edge model publish`: a model folder into a bucket, as a version that never changes. */

import { versionName } from "../../../src/models/version-ref.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { type Command, parseOptions, requireWords } from "../../command.ts";
import { readModelFiles, readModelFolder } from "../../models/model-folder.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import { checkModel } from "../../registry/check-model.ts";
import { promote } from "../../registry/edit-aliases.ts";
import { publishVersion } from "../../registry/publish-version.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

const USAGE = `resnet-edge model publish FOLDER [options]

Puts a model folder into a bucket: models/ID/VERSION/. What is published never changes, and no name means
it before model promote says so. The model is loaded and run once first; interrupted, it goes on.

  --version X.Y.Z     in place of the manifest's
  --promote NAME      let NAME mean it at once
${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = {
  version: "string",
  promote: "string",
  ...AUTHOR_OPTIONS,
  ...STORE_OPTIONS,
} as const;

export const publish: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [path = ""] = requireWords(words, ["FOLDER"], "publish");
    const alias = options.promote === undefined ? undefined : readAlias(options.promote);
    const folder = await readModelFolder(path);
    const { id } = folder.manifest;
    const ref = readVersionRef(`${id}@${options.version ?? folder.manifest.version}`);
    const manifest = { ...folder.manifest, version: ref.version };
    const files = await readModelFiles(folder);
    await checkModel(manifest, files.get(manifest.files.model.path) as Uint8Array);
    const version = versionName(ref);
    const { where, ...published } = await withStore(options, async (store) => {
      const bar = new ProgressBar(version, { silent: options.json, unit: "MB", scale: 1e6 });
      const report = await publishVersion(store, manifest, files, (done, total) =>
        bar.update(done, total),
      ).finally(() => bar.end());
      if (alias !== undefined) {
        await changeAliases(store, (aliases) => promote(aliases, alias, ref, readAuthor(options)));
      }
      return { ...report, where: store.name };
    });
    const { written } = published;
    return {
      result: { version, ...published, promoted: alias ?? null },
      words: [
        written.length === 0
          ? `${version} is in ${where} already, the very same.`
          : `${version} is in ${where}: ${written.join(", ")}.`,
        alias === undefined
          ? `Next: resnet-edge model promote NAME ${version}`
          : `${alias} means it now.`,
      ].join("\n"),
    };
  },
};
