import { describe, expect, it } from "vitest";
import { isFamiliar, type Measured } from "../../src/answers/familiarity.ts";
import { fitFamiliarity } from "../../src/evaluate/fit-familiarity.ts";
import { manifestSchema } from "../../src/models/manifest.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";

/** Photos whose measures are spread evenly, each in another order. */
const makePhotos = (count: number): Measured[] =>
  Array.from({ length: count }, (_, i) => ({
    standout: 8 + i / count,
    peakedness: 2 + ((i * 7) % count) / count,
    evenness: -1 + ((i * 13) % count) / count,
  }));

describe("fitFamiliarity", () => {
  const photos = makePhotos(400);
  const fitted = fitFamiliarity(photos, 1000);

  it("finds 1.5 % of the photos unfamiliar", () => {
    const odd = photos.filter((photo) => !isFamiliar(photo, fitted));
    expect(odd).toHaveLength(6);
  });

  it("gives the mean and the standard deviation of each measure", () => {
    // Evenly spread over 1: the deviation is the square root of 1 / 12.
    expect(fitted?.measures.standout?.mean).toBeCloseTo(8.5, 2);
    expect(fitted?.measures.standout?.deviation).toBeCloseTo(Math.sqrt(1 / 12), 3);
    expect(Object.keys(fitted?.measures ?? {})).toEqual(["standout", "peakedness", "evenness"]);
  });

  it("can be stored in a manifest", async () => {
    const manifest = await readEmbeddedManifest("efficientnet-lite0");
    const calibration = { ...manifest.calibration, familiarity: fitted };
    const stored = JSON.parse(JSON.stringify({ ...manifest, calibration }));
    expect(manifestSchema.parse(stored).calibration?.familiarity).toEqual(fitted);
  });

  it("leaves out the kurtosis for few classes, and what is the same for all photos", () => {
    expect(Object.keys(fitFamiliarity(photos, 499)?.measures ?? {})).toEqual([
      "standout",
      "evenness",
    ]);
    // With two classes, the higher logit is always one standard deviation above the mean.
    const two = photos.map((photo) => ({ ...photo, standout: 1 }));
    expect(Object.keys(fitFamiliarity(two, 2)?.measures ?? {})).toEqual(["evenness"]);
  });

  it("needs 100 photos and an embedding", () => {
    expect(fitFamiliarity(makePhotos(99), 1000)).toBeUndefined();
    expect(fitFamiliarity(makePhotos(100), 1000)).toBeDefined();
    const bare = photos.map((photo) => ({ ...photo, evenness: undefined }));
    expect(fitFamiliarity(bare, 1000)).toBeUndefined();
    const same = photos.map(() => photos[0] as Measured);
    expect(fitFamiliarity(same, 1000)).toBeUndefined();
  });
});
