/** The corpora of ../shared against Pillow; corpus-differences*.json explain the differences. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { jsImageDecoder } from "../../src/imaging/js-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../src/imaging/limits.ts";
import {
  type CorpusResult,
  checkCorpusFolder,
  listCorpusFolders,
} from "../../tools/corpus-check.ts";

const ROOT = new URL("../../../shared/corpus/", import.meta.url);
const present = existsSync(ROOT);
/** A hang guard of the corpora's README, far above what a decoder takes. */
const MAX_ELAPSED_MS = 2000;

async function readExplained(name: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(new URL(name, import.meta.url), "utf8"));
}

function unexplained(results: readonly CorpusResult[], explained: Record<string, string>) {
  return results
    .filter(({ folder, file, mismatch }) => mismatch && !(`${folder}/${file}` in explained))
    .map(({ folder, file, mismatch }) => `${folder}/${file}: ${mismatch}`);
}

describe("the default decoder", async () => {
  const decoder = createNodeImageDecoder();
  const explained = await readExplained("corpus-differences.json");

  it("agrees with Pillow on every file of the corpora, except for explained differences", async ({
    skip,
  }) => {
    if (!present) skip("../shared/corpus is absent: the image corpora are not tried.");
    const results: CorpusResult[] = [];
    for (const folder of await listCorpusFolders(ROOT)) {
      results.push(...(await checkCorpusFolder(ROOT, folder, decoder, DEFAULT_IMAGE_LIMITS)));
    }
    expect(unexplained(results, explained)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === "crash")).toEqual([]);
    expect(results.filter(({ elapsedMs }) => elapsedMs > MAX_ELAPSED_MS)).toEqual([]);
    const differing = results.filter(({ mismatch }) => mismatch);
    expect(differing.map(({ folder, file }) => `${folder}/${file}`).sort()).toEqual(
      Object.keys(explained).sort(),
    );
    const decoded = (folder: string) =>
      results.filter((result) => result.folder === folder && result.outcome === "decoded").length;
    expect(decoded("png/pngsuite")).toBe(162);
    expect(decoded("exif")).toBe(18);
    expect(decoded("jpeg/jpeg-js")).toBe(23);
    expect(results.filter(({ folder }) => folder.startsWith("fuzz/")).length).toBe(280);
  });
});

describe("the portable decoder", async () => {
  const explained = await readExplained("corpus-differences-js.json");
  // jpeg-js and upng-js take many times the memory that the Worker's budget allows.
  const limits = { ...DEFAULT_IMAGE_LIMITS, maxDecodeBytes: 2e9, maxDecodeMs: 1e6 };

  it.for([
    "exif",
    "jpeg/jpeg-js",
    "jpeg/pillow",
    "png/pillow",
    "png/pngsuite",
    "fuzz/ljt-bugs",
    "fuzz/zune-jpeg",
    "fuzz/zune-png",
  ])(
    "agrees with Pillow on the corpus %s, except for explained differences",
    async (folder, { skip }) => {
      if (!present) skip("../shared/corpus is absent: the image corpora are not tried.");
      const results = await checkCorpusFolder(ROOT, folder, jsImageDecoder, limits);
      expect(unexplained(results, explained)).toEqual([]);
      expect(results.filter(({ outcome }) => outcome === "crash")).toEqual([]);
    },
  );
});
