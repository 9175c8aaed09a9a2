/** Aliases and who changes them: on real R2, through the S3 API, which is faster to open than a local bucket. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { list } from "../../cli/commands/model/list.ts";
import { promote } from "../../cli/commands/model/promote.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import { remove } from "../../cli/commands/model/remove.ts";
import { rollback } from "../../cli/commands/model/rollback.ts";
import { shadow } from "../../cli/commands/model/shadow.ts";
import { split } from "../../cli/commands/model/split.ts";
import { unalias } from "../../cli/commands/model/unalias.ts";
import { verify } from "../../cli/commands/model/verify.ts";
import type { Command } from "../../cli/define-command.ts";
import { readAliases } from "../../cli/registry/change-aliases.ts";
import { describeBuckets } from "./support/describe-buckets.ts";

const VERBS: Readonly<Record<string, Command>> = {
  promote,
  split,
  shadow,
  rollback,
  remove,
  unalias,
};

describeBuckets(
  (stage) => {
    const { run, refuse, pointsTo, publishTiny } = stage;
    /** As aliases.json has it. */
    const at = (version: string) => ({ model: "tiny", version });
    const tiny = (version: string) => ({ id: "tiny", version });

    describe("aliases", () => {
      it("notes if a split or a shadow needs more memory than a Worker has by default", async () => {
        const folder = join(stage.folder, "resnet18");
        await cp(new URL("../../models/resnet18", import.meta.url), folder, { recursive: true });
        const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
        for (const version of ["1.0.0", "1.1.0"]) {
          await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, version }));
          // Faster: each command would compare the engines. test/cli/room.test.ts has a version with both.
          await run(publish, folder, "--engine", "onnxruntime");
        }
        const { result } = await run(split, "default", "resnet18@1.0.0=9", "resnet18@1.1.0=1");
        const note = expect.stringMatching(/resnet18@1\.0\.0.*resnet18@1\.1\.0/);
        expect(result).toMatchObject({ note });
        await run(promote, "default", "resnet18@1.0.0");
        expect((await run(shadow, "default", "resnet18@1.1.0")).result).toMatchObject({ note });
        await publishTiny("1.0.0", "1.1.0");
        const small = await run(split, "other", "tiny@1.0.0=9", "tiny@1.1.0=1");
        expect(small.result).not.toHaveProperty("note");
      });

      it("promotes, splits and rolls back an alias, and records each change in the history", async () => {
        await publishTiny("1.0.0", "1.1.0", "1.2.0");
        await run(promote, "default", "tiny@1.0.0", "--by", "ann", "--note", "first");
        await run(promote, "default", "tiny@1.1.0", "--by", "bob");
        await run(split, "default", "tiny@1.1.0=90", "tiny@1.2.0=10");
        const arms = [
          { ...at("1.1.0"), weight: 90 },
          { ...at("1.2.0"), weight: 10 },
        ];
        expect(await pointsTo("default")).toEqual(arms);
        const { history } = await readAliases(stage.store);
        expect(history).toMatchObject([
          { by: "ann", action: "promote", name: "default", after: [tiny("1.0.0")], note: "first" },
          { by: "bob", action: "promote", before: [tiny("1.0.0")], after: [tiny("1.1.0")] },
          {
            action: "split",
            before: [tiny("1.1.0")],
            after: arms.map(({ version }) => tiny(version)),
          },
        ]);
        await run(rollback, "default");
        expect(await pointsTo("default")).toEqual(at("1.1.0"));
        await run(rollback, "default");
        expect(await pointsTo("default")).toEqual(at("1.0.0"));
        expect((await refuse(rollback, "default")).code).toBe("ROLLBACK_IMPOSSIBLE");
        // What comes after a rollback is rolled back to where that went.
        await run(promote, "default", "tiny@1.2.0");
        await run(rollback, "default");
        expect(await pointsTo("default")).toEqual(at("1.0.0"));
        const { text } = await run(list, "--history");
        expect(text).toMatch(/ann\s+promote\s+default\s+nothing → tiny@1\.0\.0\s+first/);
        expect(text).toMatch(/tiny@1\.1\.0 → tiny@1\.1\.0 90 %, tiny@1\.2\.0 10 %/);
      });

      it("refuses to promote a version that is missing or damaged", async () => {
        await publishTiny("1.0.0");
        const missing = await refuse(promote, "default", "tiny@9.9.9");
        expect(missing.code).toBe("VERSION_MISSING");
        expect(missing.why).toContain("models/tiny/9.9.9/manifest.json");
        const key = "models/tiny/1.0.0/fp32.onnx";
        const object = await stage.store.get(key);
        if (!object) throw new Error(`${key} is missing.`);
        object.bytes[object.bytes.length - 1] = (object.bytes.at(-1) as number) ^ 1;
        await stage.store.put(key, object.bytes, { ifMatch: object.etag });
        const broken = await refuse(promote, "default", "tiny@1.0.0");
        expect(broken.code).toBe("VERSION_UNUSABLE");
        expect(broken.why).toMatch(/fp32\.onnx .* SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/);
        expect((await readAliases(stage.store)).aliases).toEqual({});
        const { text, failed } = await run(verify);
        expect(failed).toBe(true);
        expect(text).toMatch(/tiny@1\.0\.0\s+models.*SHA-256/);
      });

      it("starts the shadow of an alias, and ends it with --off", async () => {
        await publishTiny("1.0.0", "1.1.0");
        await run(promote, "default", "tiny@1.0.0");
        await run(shadow, "default", "tiny@1.1.0", "--share", "0.5", "--max-disagreement", "0.2");
        const shadows = async () => (await readAliases(stage.store)).shadows;
        expect(await shadows()).toEqual({
          default: { ...tiny("1.1.0"), share: 0.5, maxDisagreement: 0.2 },
        });
        expect((await run(list)).text).toMatch(/tiny@1\.1\.0\s+default \(shadow, 50 %\)/);
        await run(shadow, "default", "--off");
        expect(await shadows()).toEqual({});
        expect((await refuse(shadow, "default", "--off")).code).toBe("SHADOW_MISSING");
        expect((await refuse(shadow, "other", "tiny@1.1.0")).code).toBe("ALIAS_UNKNOWN");
      });

      it.each<[words: string, code: CliErrorCode]>([
        ["promote Default tiny@1.0.0", "OPTION_INVALID"],
        ["promote default tiny", "OPTION_INVALID"],
        ["promote default", "USAGE"],
        ["split default tiny@1.0.0=1", "USAGE"],
        ["split default tiny@1.0.0=1 tiny@1.0.0=2", "USAGE"],
        ["split default tiny@1.0.0=0 tiny@1.1.0=1", "OPTION_INVALID"],
        ["split default tiny@1.0.0=1e308 tiny@1.1.0=1e308", "OPTION_INVALID"],
        ["shadow default tiny@1.0.0 --share 0", "OPTION_INVALID"],
        ["shadow default", "USAGE"],
        ["shadow default tiny@1.0.0 --off", "USAGE"],
        ["shadow default tiny@1.0.0 --share 2", "OPTION_INVALID"],
        ["shadow default tiny@1.0.0", "ALIAS_UNKNOWN"],
        ["rollback nonesuch", "ALIAS_UNKNOWN"],
        ["remove tiny@1.0.0", "VERSION_MISSING"],
        ["unalias nonesuch", "ALIAS_UNKNOWN"],
      ])("changes nothing when it refuses %s: %s", async (words, code) => {
        const [verb = "", ...args] = words.split(" ");
        expect((await refuse(VERBS[verb] as Command, ...args)).code).toBe(code);
        expect(await stage.store.has("aliases.json")).toBe(false);
      });

      it("deletes an alias with its shadow, so that its versions can be removed", async () => {
        await publishTiny("1.0.0", "1.1.0", "1.2.0");
        await run(promote, "dfault", "tiny@1.0.0");
        await run(promote, "dfault", "tiny@1.1.0");
        await run(shadow, "dfault", "tiny@1.2.0");
        await run(unalias, "dfault", "--by", "ann");
        expect(await pointsTo("dfault")).toBeUndefined();
        const { shadows, history } = await readAliases(stage.store);
        expect(shadows).toEqual({});
        expect(history?.at(-1)).toMatchObject({ action: "unalias", name: "dfault", by: "ann" });
        expect((await run(list, "--history")).text).toMatch(/dfault\s+tiny@1\.1\.0 → nothing/);
        await run(rollback, "dfault");
        expect(await pointsTo("dfault")).toEqual(at("1.1.0"));
        await run(unalias, "dfault");
        await run(remove, "tiny@1.1.0");
      });

      it("never deletes the alias of callers who name no model", async () => {
        await publishTiny("1.0.0");
        await run(promote, "default", "tiny@1.0.0");
        expect((await refuse(unalias, "default")).code).toBe("ALIAS_REQUIRED");
        expect(await pointsTo("default")).toEqual(at("1.0.0"));
      });

      it("rolls back past a version that was removed", async () => {
        await publishTiny("1.0.0", "1.1.0", "1.2.0");
        for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
          await run(promote, "default", `tiny@${version}`);
        }
        await run(remove, "tiny@1.1.0");
        await run(rollback, "default");
        expect(await pointsTo("default")).toEqual(at("1.0.0"));
        expect((await refuse(rollback, "default")).code).toBe("ROLLBACK_IMPOSSIBLE");
      });

      it("says why nothing is left to roll back", async () => {
        await publishTiny("1.0.0", "1.1.0");
        await run(promote, "default", "tiny@1.0.0");
        const untouched = await refuse(rollback, "default");
        expect(untouched.why).toMatch(/nothing that it pointed to before/);
        await run(promote, "default", "tiny@1.1.0");
        await run(rollback, "default");
        const done = await refuse(rollback, "default");
        expect(done.code).toBe("ROLLBACK_IMPOSSIBLE");
        expect(done.why).toMatch(/have been rolled back already/);
        await run(promote, "default", "tiny@1.1.0");
        await run(promote, "other", "tiny@1.1.0");
        await run(promote, "other", "tiny@1.0.0");
        await run(promote, "default", "tiny@1.0.0");
        await run(rollback, "default");
        await run(promote, "other", "tiny@1.1.0");
        await run(remove, "tiny@1.0.0");
        const removed = await refuse(rollback, "default");
        expect(removed.why).toMatch(/a version that was removed/);
      });

      it("ends the shadow of an alias if the shadow becomes the only version that answers", async () => {
        await publishTiny("1.0.0", "1.1.0");
        const shadows = async () => (await readAliases(stage.store)).shadows ?? {};
        await run(promote, "default", "tiny@1.0.0");
        expect((await refuse(shadow, "default", "tiny@1.0.0")).code).toBe("ALIAS_UNCHANGED");
        await run(shadow, "default", "tiny@1.1.0");
        // As an arm of a split it is still compared, with the other arm.
        await run(split, "default", "tiny@1.0.0=9", "tiny@1.1.0=1");
        expect(await shadows()).toHaveProperty("default");
        const { text, result } = await run(promote, "default", "tiny@1.1.0");
        expect(text).toMatch(/no longer has a shadow.*tiny@1\.1\.0/);
        expect(result).toHaveProperty("note");
        expect(await shadows()).toEqual({});
        const actions = (await readAliases(stage.store)).history?.map(({ action }) => action);
        expect(actions).toEqual(["promote", "shadow", "split", "promote", "unshadow"]);
        await run(shadow, "default", "tiny@1.0.0");
        await run(rollback, "default");
        expect(await shadows()).toHaveProperty("default");
        expect((await run(rollback, "default")).text).toMatch(/no longer has a shadow/);
        expect(await shadows()).toEqual({});
      });

      it("refuses to promote the version that an alias already points to", async () => {
        await publishTiny("1.0.0");
        await run(promote, "default", "tiny@1.0.0");
        expect((await refuse(promote, "default", "tiny@1.0.0")).code).toBe("ALIAS_UNCHANGED");
        expect((await readAliases(stage.store)).history).toHaveLength(1);
      });
    });

    it("refuses to change a damaged aliases.json", async () => {
      await publishTiny("1.0.0");
      const damaged = new TextEncoder().encode("{");
      await stage.store.put("aliases.json", damaged, { ifAbsent: true });
      expect((await refuse(promote, "default", "tiny@1.0.0")).code).toBe("BUCKET_DAMAGED");
      expect((await stage.store.get("aliases.json"))?.bytes).toEqual(damaged);
    });
  },
  ["S3"],
);
