/** Brings the files that an ONNX model keeps some tensors in, and puts them into the model. */
import { readFile, realpath, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { embedExternalData, listExternalFiles } from "../../src/graphs/onnx/external-data.ts";
import { CliError } from "../cli-error.ts";
import { readFileOrFail } from "../files/read-file.ts";
import { sha256 } from "../files/sha256.ts";
import { ProgressBar } from "../terminal/progress-bar.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { download } from "./download.ts";
import { isUrl } from "./find-source.ts";
import { toMirror } from "./mirror.ts";

/** A file beside the model. */
export type ExternalFile = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
};

export type SelfContained = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Those whose tensors are in the model now. */
  readonly externalFiles: readonly ExternalFile[];
};

export type FetchExternalOptions = {
  /** Where to download them to for the moment. */
  readonly folder: string;
  /** Whether to show no progress. */
  readonly silent: boolean;
  /** As --mirror gives it. */
  readonly mirror: string | undefined;
};

/**
 * Makes a model self-contained.
 *
 * @param entry - says where the model is from, beside which the other files are
 * @throws GraphError GRAPH_UNSUPPORTED, GRAPH_UNREADABLE; CliError FILE_UNREADABLE, DOWNLOAD_FAILED, FILE_UNWRITABLE
 */
export async function fetchExternalData(
  bytes: Uint8Array<ArrayBuffer>,
  { format, url: from }: Pick<CatalogueEntry, "format" | "url">,
  options: FetchExternalOptions,
): Promise<SelfContained> {
  const names = format === "onnx" ? listExternalFiles(bytes, from) : [];
  if (names.length === 0) return { bytes, externalFiles: [] };
  const files = new Map<string, Uint8Array>();
  for (const [i, name] of names.entries()) {
    const path = join(options.folder, `source.${i}.data`);
    const read = isUrl(from) ? fetchBeside(from, name, path, options) : readBeside(from, name);
    files.set(name, await read);
  }
  return {
    bytes: embedExternalData(bytes, from, files),
    externalFiles: [...files].map(([name, content]) => ({
      name,
      bytes: content.byteLength,
      sha256: sha256(content),
    })),
  };
}

/** A link must not make it read a file that lies elsewhere. */
async function readBeside(from: string, name: string): Promise<Uint8Array> {
  const path = join(dirname(from), name);
  const [real, ...folders] = await Promise.all([
    realpath(path).catch(() => path),
    realpath(dirname(from)),
    // Hugging Face's cache links both files to a folder of their contents.
    realpath(from).then(dirname),
  ]);
  if (real !== path && !folders.some((folder) => real.startsWith(`${folder}${sep}`))) {
    throw new CliError("FILE_UNREADABLE", {
      what: `${path} is not read.`,
      why: `The model ${from} names it, but it is a link to ${real}, outside the folder of the model.`,
      fix: "Copy the file itself into the folder of the model.",
    });
  }
  return readFileOrFail(
    path,
    `${from} keeps its weights in this file. Put it beside the model, or export the model with external_data=False.`,
  );
}

async function fetchBeside(
  from: string,
  name: string,
  path: string,
  { silent, mirror }: FetchExternalOptions,
): Promise<Uint8Array> {
  const url = new URL(name.split("/").map(encodeURIComponent).join("/"), from);
  url.search = new URL(from).search;
  const bar = new ProgressBar(name, { silent, unit: "MB", scale: 1e6 });
  try {
    await download({
      url: toMirror(url.href, mirror),
      path,
      trustHost: true,
      onProgress: (received, total) => bar.update(received, total),
      onRetry: (reason, attempt, attempts) => {
        bar.end();
        if (!silent) console.error(`${name}: ${reason}; attempt ${attempt} of ${attempts}`);
      },
    });
    const content = new Uint8Array(await readFile(path));
    await rm(path);
    return content;
  } catch (cause) {
    if (!(cause instanceof CliError) || cause.code !== "DOWNLOAD_FAILED") throw cause;
    throw new CliError("DOWNLOAD_FAILED", {
      what: `${name}, which belongs to ${from}, cannot be downloaded.`,
      why: cause.why,
      fix: "The model keeps its weights in this file. Download both by hand, or export the model with external_data=False.",
      cause,
    });
  } finally {
    bar.end();
  }
}
