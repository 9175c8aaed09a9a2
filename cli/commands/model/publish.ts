import { versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { readModelFiles, readModelFolder } from "../../models/model-folder.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { checkModel } from "../../registry/check-model.ts";
import { noteEndedShadow, promote } from "../../registry/edit-aliases.ts";
import { noteLabelMap } from "../../registry/note-label-map.ts";
import { publishVersion } from "../../registry/publish-version.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { requireRoom } from "../../registry/require-room.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

export const publish = defineCommand({
  description:
    "Load the model and run it once, then upload the folder to models/ID/VERSION/. A published version never changes, and no alias points to it until you promote it. If an upload is interrupted, run the same command again to finish it.",
  arguments: {
    folder: {
      placeholder: "FOLDER",
      help: "a model folder that model pull or model quantize has written",
    },
  },
  options: {
    version: {
      type: "text",
      placeholder: "X.Y.Z",
      help: "publish it as this version",
      defaultText: "the manifest's",
    },
    promote: {
      type: "text",
      placeholder: "ALIAS",
      help: "point this alias to the version as well",
      parse: readAlias,
    },
    ...AUTHOR_OPTIONS,
    ...BUCKET_OPTIONS,
  },
  run: async ({ args, options }) => {
    const { promote: alias } = options;
    const folder = await readModelFolder(args.folder);
    const { id } = folder.manifest;
    const ref = readVersionRef(`${id}@${options.version ?? folder.manifest.version}`);
    const manifest = { ...folder.manifest, version: ref.version };
    const files = await readModelFiles(folder);
    const version = versionName(ref);
    const notes: string[] = [];
    const { where, ...published } = await withStore(options, async (store) => {
      requireRoom(manifest, store.memoryLimits);
      await checkModel(manifest, files.get(manifest.files.model.path) as Uint8Array);
      const bar = new ProgressBar(version, { silent: options.json, unit: "MB", scale: 1e6 });
      const report = await publishVersion(store, manifest, files, (done, total) =>
        bar.update(done, total),
      ).finally(() => bar.end());
      let ended: string | undefined;
      if (alias !== undefined) {
        await changeAliases(store, (aliases) => {
          const changed = promote(aliases, alias, ref, readAuthor(options));
          ended = noteEndedShadow(aliases, changed, alias);
          return changed;
        });
      }
      const map = await noteLabelMap(store, manifest);
      for (const note of [ended, map]) if (note !== undefined) notes.push(note);
      return { ...report, where: store.name };
    });
    const { written } = published;
    return {
      result: {
        version,
        ...published,
        promoted: alias ?? null,
        ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
      },
      text: [
        written.length === 0
          ? `${version} is already in ${where}, with the same content.`
          : `Published ${version} to ${where}: ${written.join(", ")}.`,
        alias === undefined
          ? `Next: resnet-edge model promote ALIAS ${version}`
          : `${alias} now points to it.`,
        ...notes,
      ].join("\n"),
    };
  },
});
