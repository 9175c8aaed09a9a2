/** Publishing, removing and purging versions: on real R2, directly and through the S3 API. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { list } from "../../cli/commands/model/list.ts";
import { promote } from "../../cli/commands/model/promote.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import { purge } from "../../cli/commands/model/purge.ts";
import { remove } from "../../cli/commands/model/remove.ts";
import { shadow } from "../../cli/commands/model/shadow.ts";
import { verify } from "../../cli/commands/model/verify.ts";
import { PURGES_KEY } from "../../src/models/purges.ts";
import { describeBuckets } from "./support/describe-buckets.ts";
import { makeModelFolder } from "./support/make-model.ts";

describeBuckets((stage) => {
  const { run, refuse, pointsTo, publishTiny } = stage;

  describe("publish", () => {
    it("writes the manifest last, and nothing when the same is published again", async () => {
      await makeModelFolder(stage.folder);
      const keys = ["fp32.onnx", "head.f16.bin", "manifest.json"].map(
        (file) => `models/tiny/1.0.0/${file}`,
      );
      const first = await run(publish, stage.folder);
      expect(first.result).toMatchObject({ version: "tiny@1.0.0", written: keys, present: [] });
      const second = await run(publish, stage.folder);
      expect(second.result).toMatchObject({ written: [], present: keys });
      expect(await pointsTo("tiny")).toBeUndefined();
    });

    it("never changes a published version", async () => {
      await makeModelFolder(stage.folder);
      await run(publish, stage.folder);
      const before = await stage.store.get("models/tiny/1.0.0/fp32.onnx");
      await makeModelFolder(stage.folder, { bias: 1 });
      const { code, fix } = await refuse(publish, stage.folder);
      expect(code).toBe("VERSION_PUBLISHED");
      expect(fix).toContain("--version");
      expect(await stage.store.get("models/tiny/1.0.0/fp32.onnx")).toEqual(before);
      await run(publish, stage.folder, "--version", "1.0.1");
      expect(await stage.store.has("models/tiny/1.0.1/manifest.json")).toBe(true);
    });

    it("completes an interrupted publication", async () => {
      await makeModelFolder(stage.folder);
      const bytes = await readFile(join(stage.folder, "fp32.onnx"));
      await stage.store.put("models/tiny/1.0.0/fp32.onnx", bytes, { ifAbsent: true });
      const { result } = await run(publish, stage.folder);
      expect(result).toMatchObject({ present: ["models/tiny/1.0.0/fp32.onnx"] });
    });

    it("refuses to mix with the interrupted publication of another model, which model remove clears", async () => {
      await makeModelFolder(stage.folder);
      await stage.store.put("models/tiny/1.0.0/fp32.onnx", new Uint8Array(9), { ifAbsent: true });
      const { code, fix } = await refuse(publish, stage.folder);
      expect(code).toBe("VERSION_PUBLISHED");
      expect(fix).toContain("model remove tiny@1.0.0");
      await run(remove, "tiny@1.0.0");
      await run(publish, stage.folder);
      expect((await run(verify)).failed).toBe(false);
    });

    it.each<[what: string, change: (manifest: Record<string, unknown>) => object, reason: RegExp]>([
      ["outputs", (m) => ({ ...m, outputs: { logits: "nonesuch" } }), /its manifest names/],
      [
        "classes",
        (m) => ({ ...m, labels: { table: "imagenet1k" } }),
        /gave 5 logits, but its manifest lists 1000/,
      ],
      [
        "labels",
        (m) => ({
          ...m,
          labels: { table: "imagenet1k", classes: [1, 2, 3, 4, 5].map((i) => `n0000000${i}`) },
        }),
        /no class n00000001/,
      ],
    ])("refuses to publish a model that cannot answer: wrong %s", async (_, change, reason) => {
      await makeModelFolder(stage.folder);
      const path = join(stage.folder, "manifest.json");
      const changed = change(JSON.parse(await readFile(path, "utf8")));
      await writeFile(path, JSON.stringify(changed));
      const { code, why } = await refuse(publish, stage.folder);
      expect(code).toBe("MODEL_UNUSABLE");
      expect(why).toMatch(reason);
      expect(await stage.store.list("")).toEqual([]);
    });

    it("finds a version that was published with a manifest of version 1 present", async () => {
      await makeModelFolder(stage.folder);
      await run(publish, stage.folder);
      const key = "models/tiny/1.0.0/manifest.json";
      const object = await stage.store.get(key);
      const { labels, ...manifest } = JSON.parse(new TextDecoder().decode(object?.bytes));
      const { classes: synsets, ...rest } = labels;
      const old = { ...manifest, schemaVersion: 1, labels: { ...rest, synsets } };
      const bytes = new TextEncoder().encode(JSON.stringify(old));
      await stage.store.put(key, bytes, { ifMatch: object?.etag ?? "" });
      expect((await run(publish, stage.folder)).result).toMatchObject({ written: [] });
    });

    it("refuses to publish a folder whose file differs from its manifest, naming both hashes", async () => {
      await makeModelFolder(stage.folder);
      const other = await makeModelFolder(join(stage.folder, "other"), { bias: 1 });
      await cp(join(other.path, "fp32.onnx"), join(stage.folder, "fp32.onnx"));
      const { code, why } = await refuse(publish, stage.folder);
      expect(code).toBe("HASH_MISMATCH");
      expect(why).toMatch(/SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/);
    });
  });

  describe("remove", () => {
    it("refuses to remove a version in use, and to publish a removed one again", async () => {
      await publishTiny("1.0.0", "1.1.0");
      await run(promote, "default", "tiny@1.0.0");
      await run(shadow, "default", "tiny@1.1.0");
      expect((await refuse(remove, "tiny@1.0.0")).code).toBe("VERSION_IN_USE");
      expect((await refuse(remove, "tiny@1.1.0")).why).toContain("default");
      await run(shadow, "default", "--off");
      await run(remove, "tiny@1.1.0");
      const left = (await stage.store.list("models/tiny/1.1.0/")).map(({ key }) => key);
      expect(left).toEqual(["models/tiny/1.1.0/removed.json"]);
      const again = await refuse(publish, join(stage.folder, "tiny-1.1.0"));
      expect(again.code).toBe("VERSION_REMOVED");
      expect((await refuse(remove, "tiny@1.1.0")).code).toBe("VERSION_REMOVED");
    });
  });

  describe("purge", () => {
    it("counts the purges of each version, however many run at once", async () => {
      await publishTiny("1.0.0", "1.1.0");
      await run(purge, "tiny@1.1.0");
      const counts = await Promise.all(
        Array.from({ length: 4 }, async () => (await run(purge, "tiny@1.0.0")).result),
      );
      expect(counts.map((result) => (result as { times: number }).times).sort()).toEqual([
        1, 2, 3, 4,
      ]);
      const object = await stage.store.get(PURGES_KEY);
      expect(JSON.parse(new TextDecoder().decode(object?.bytes))).toEqual({
        "tiny@1.0.0": 4,
        "tiny@1.1.0": 1,
      });
    });

    it("refuses to purge an alias, or to use damaged counts", async () => {
      await publishTiny("1.0.0");
      expect((await refuse(purge, "default")).code).toBe("OPTION_INVALID");
      await stage.store.put(PURGES_KEY, new TextEncoder().encode("{"), { ifAbsent: true });
      expect((await refuse(purge, "tiny@1.0.0")).code).toBe("BUCKET_DAMAGED");
    });
  });

  describe("purge and verify", () => {
    it("refuse a version that was never published, and know one that was removed", async () => {
      await publishTiny("1.0.0");
      expect((await refuse(purge, "tiny@7.7.7")).code).toBe("VERSION_MISSING");
      expect(await stage.store.has(PURGES_KEY)).toBe(false);
      await run(remove, "tiny@1.0.0");
      expect((await run(purge, "tiny@1.0.0")).result).toMatchObject({ times: 1 });
      const { text, failed } = await run(verify, "tiny@1.0.0");
      expect(failed).toBe(true);
      expect(text).toMatch(/tiny@1\.0\.0\s+It was removed/);
    });
  });

  it("notes a label map that is not there, when it publishes and verifies", async () => {
    const { manifest } = await makeModelFolder(stage.folder);
    const path = join(stage.folder, "manifest.json");
    const labels = { ...manifest.labels, map: "shop" };
    await writeFile(path, JSON.stringify({ ...manifest, labels }));
    expect((await run(publish, stage.folder)).text).toMatch(/label-maps\/shop\.json is not in/);
    const verified = await run(verify);
    expect(verified.failed).toBe(false);
    expect(verified.text).toMatch(/can answer\. The label map label-maps\/shop\.json/);
    const map = new TextEncoder().encode("{}");
    await stage.store.put("label-maps/shop.json", map, { ifAbsent: true });
    expect((await run(verify)).text).not.toContain("label map");
  });

  it("lists and verifies an empty bucket", async () => {
    expect((await run(list)).text).toBe("Nothing is published.");
    expect((await run(verify)).text).toBe("Nothing is published.");
  });
});
