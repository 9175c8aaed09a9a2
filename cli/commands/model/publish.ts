import type { ModelManifest } from "../../../src/models/manifest.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import type { ModelStore } from "../../buckets/model-store.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { listImages, spread } from "../../images/list-images.ts";
import { MAX_DIFFERENCE } from "../../litert/compare-engines.ts";
import { withLitert } from "../../litert/derive-litert.ts";
import { type PreparedLitert, prepareLitert } from "../../litert/prepare-litert.ts";
import { SAMPLE_PHOTOS } from "../../litert/sample-photos.ts";
import { readModelFiles, readModelFolder } from "../../models/model-folder.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { checkModel } from "../../registry/check-model.ts";
import { describePublished } from "../../registry/describe-published.ts";
import { noteEndedShadow, promote } from "../../registry/edit-aliases.ts";
import { noteLabelMap } from "../../registry/note-label-map.ts";
import { publishVersion } from "../../registry/publish-version.ts";
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { requireRoom } from "../../registry/require-room.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

/** More photos would only take longer. */
const MAX_PHOTOS = 200;

export const publish = defineCommand({
  description: `Load the model and run it once, then upload the folder to models/ID/VERSION/. A published version never changes, and no alias points to it until you promote it. If an upload is interrupted, run the same command again to finish it.

The version also gets a file for LiteRT, which is faster than ONNX Runtime, if the graph can be converted and both answer alike: on no photo may a probability differ by more than ${MAX_DIFFERENCE}, or a first class be lost that leads by more. Otherwise the command says why, and ONNX Runtime runs the version. If the same model was published without this file, publish it again to add the file; nothing else changes.`,
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
    engine: {
      type: "choice",
      choices: ["auto", "onnxruntime"],
      placeholder: "NAME",
      help: "auto adds a file for LiteRT if possible; onnxruntime adds none",
      default: "auto",
    },
    images: {
      type: "text",
      placeholder: "DIR",
      help: `photos to compare the engines on, at most ${MAX_PHOTOS} of them`,
      defaultText: `${SAMPLE_PHOTOS.length} photos of this repository`,
    },
    ...AUTHOR_OPTIONS,
    ...BUCKET_OPTIONS,
  },
  run: async ({ args, options }) => {
    const { promote: alias, json: silent } = options;
    const folder = await readModelFolder(args.folder);
    const { id } = folder.manifest;
    const ref = readVersionRef(`${id}@${options.version ?? folder.manifest.version}`);
    // If it names a file for LiteRT, the folder is a copy of a version; the file is derived again.
    const manifest = withLitert({ ...folder.manifest, version: ref.version }, undefined);
    const files = await readModelFiles({ ...folder, manifest });
    const model = files.get(manifest.files.model.path) as Uint8Array;
    const version = versionName(ref);
    return withStore(options, async (store) => {
      requireRoom(manifest, store.memoryLimits);
      await checkModel(manifest, model);
      const litert =
        options.engine === "auto"
          ? await prepare(store, model, manifest, { silent, folder: options.images })
          : undefined;
      const bar = new ProgressBar(version, { silent, unit: "MB", scale: 1e6 });
      const published = await publishVersion(
        store,
        { manifest, files, litert: litert?.file },
        (done, total) => bar.update(done, total),
      ).finally(() => bar.end());
      let ended: string | undefined;
      if (alias !== undefined) {
        await changeAliases(store, (aliases) => {
          const changed = promote(aliases, alias, ref, readAuthor(options));
          ended = noteEndedShadow(aliases, changed, alias);
          return changed;
        });
      }
      const notes = [ended, await noteLabelMap(store, manifest)];
      return describePublished({ version, where: store.name, published, litert, alias, notes });
    });
  },
});

async function prepare(
  store: ModelStore,
  model: Uint8Array,
  manifest: ModelManifest,
  { silent, folder }: { readonly silent: boolean; readonly folder: string | undefined },
): Promise<PreparedLitert> {
  const photos =
    folder === undefined ? SAMPLE_PHOTOS : spread(await listImages(folder), MAX_PHOTOS);
  const bar = new ProgressBar("comparing", { silent, unit: "photos" });
  const onProgress = (done: number, total: number) => bar.update(done, total);
  const limits = store.memoryLimits;
  return prepareLitert(model, manifest, { limits, photos, onProgress }).finally(() => bar.end());
}
