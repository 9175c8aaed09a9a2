/** Files modelled on public bug reports of other decoders, through the built Worker's imaging code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { thumbDifference } from "../../../tools/thumb.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";

const ROOT = new URL("../../../../shared/faults/reports/", import.meta.url);
const present = existsSync(ROOT);

/** Mean absolute difference of two thumbnails in 8-bit steps; from the README of the corpora. */
const THUMB_TOLERANCE = 4;
/** The statuses that an entry of expected.json allows in words. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  "415 or 422": [415, 422],
  "4xx": [400, 413, 415, 422],
};

type Expected = {
  readonly status?: number | keyof typeof STATUSES;
  readonly width?: number;
  readonly height?: number;
  readonly thumb8?: readonly number[];
};

/** What the messages and headers of some files must say, where expected.json says it in words. */
const SAYS: Readonly<Record<string, RegExp>> = {
  "p-cgbi.png": /Xcode|iOS/,
  "p-apng-first.png": /"frames":2/,
  "o-nef.nef": /raw/i,
  "o-svgz.svgz": /[Uu]npack/,
  "o-zip.zip": /[Uu]npack/,
  "o-curl-d.jpg": /--data-binary/,
};

describe.skipIf(!present)("a file modelled on a bug report", () => {
  const worker = useDecodeWorker();
  const folders = present ? readdirSync(ROOT) : [];
  const cases = folders.flatMap((folder) => {
    const expected = readFileSync(new URL(`${folder}/expected.json`, ROOT), "utf8");
    return Object.entries(JSON.parse(expected) as Record<string, Expected>).map(
      ([file, entry]) => ({ folder, file, entry }),
    );
  });

  it.for(cases)("gets the expected answer: $folder/$file", async ({ folder, file, entry }) => {
    const outcome = await worker.decode(readFileSync(new URL(`${folder}/${file}`, ROOT)));
    if (entry.status === 200) {
      if (!("header" in outcome)) expect.fail(`${outcome.code}: ${outcome.message}`);
      const { width, height, orientation } = outcome.header;
      const upright = orientation >= 5 ? [height, width] : [width, height];
      expect(upright).toEqual([entry.width, entry.height]);
      expect(thumbDifference(outcome.thumb8, entry.thumb8 ?? [])).toBeLessThan(THUMB_TOLERANCE);
    } else if (entry.status !== undefined) {
      expect(STATUSES[entry.status] ?? [entry.status]).toContain(outcome.status);
    }
    expect(outcome.status).not.toBe(500);
    const says = file.endsWith(".heic") ? /HEI[FC]/ : SAYS[file];
    if (says) expect(JSON.stringify(outcome)).toMatch(says);
  });
});
