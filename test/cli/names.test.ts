/** What names mean, and who may change it: on real R2, directly and by the S3 API. */

import { describe, expect, it } from "vitest";
import type { CliError } from "../../cli/cli-error.ts";
import type { Command } from "../../cli/command.ts";
import { list } from "../../cli/commands/model/list.ts";
import { promote } from "../../cli/commands/model/promote.ts";
import { remove } from "../../cli/commands/model/remove.ts";
import { rollback } from "../../cli/commands/model/rollback.ts";
import { shadow } from "../../cli/commands/model/shadow.ts";
import { split } from "../../cli/commands/model/split.ts";
import { verify } from "../../cli/commands/model/verify.ts";
import { changeAliases, readAliases } from "../../cli/registry/change-aliases.ts";
import * as edit from "../../cli/registry/edit-aliases.ts";
import { describeBuckets } from "./support/describe-buckets.ts";
import { runCli } from "./support/run-cli.ts";

const VERBS: Readonly<Record<string, Command>> = { promote, split, shadow, rollback, remove };

describeBuckets((stage) => {
  const { run, refuse, meaning, publishTiny } = stage;
  /** As aliases.json says it. */
  const at = (version: string) => ({ model: "tiny", version });
  const tiny = (version: string) => ({ id: "tiny", version });

  describe("names", () => {
    it("are promoted, split and rolled back, each with an entry in the history", async () => {
      await publishTiny("1.0.0", "1.1.0", "1.2.0");
      await run(promote, "default", "tiny@1.0.0", "--by", "ann", "--note", "first");
      await run(promote, "default", "tiny@1.1.0", "--by", "bob");
      await run(split, "default", "tiny@1.1.0=90", "tiny@1.2.0=10");
      const arms = [
        { ...at("1.1.0"), weight: 90 },
        { ...at("1.2.0"), weight: 10 },
      ];
      expect(await meaning("default")).toEqual(arms);
      const { aliases } = await readAliases(stage.store);
      expect(aliases.history).toMatchObject([
        { by: "ann", action: "promote", name: "default", after: [tiny("1.0.0")], note: "first" },
        { by: "bob", action: "promote", before: [tiny("1.0.0")], after: [tiny("1.1.0")] },
        {
          action: "split",
          before: [tiny("1.1.0")],
          after: arms.map(({ version }) => tiny(version)),
        },
      ]);
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.1.0"));
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.0.0"));
      expect((await refuse(rollback, "default")).why).toMatch(/nothing that it meant before/);
      // What comes after a rollback is rolled back to where that went.
      await run(promote, "default", "tiny@1.2.0");
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.0.0"));
      const { words } = await run(list, "--history");
      expect(words).toMatch(/ann\s+promote\s+default\s+nothing → tiny@1\.0\.0\s+first/);
      expect(words).toMatch(/tiny@1\.1\.0 → tiny@1\.1\.0 90 %, tiny@1\.2\.0 10 %/);
    });

    it("are not given to what cannot answer", async () => {
      await publishTiny("1.0.0");
      const missing = await refuse(promote, "default", "tiny@9.9.9");
      expect(missing.why).toMatch(/has no models\/tiny\/9\.9\.9\/manifest\.json/);
      const key = "models/tiny/1.0.0/fp32.onnx";
      const object = await stage.store.get(key);
      if (!object) throw new Error(`${key} is missing.`);
      object.bytes[object.bytes.length - 1] = (object.bytes.at(-1) as number) ^ 1;
      await stage.store.put(key, object.bytes, { ifMatch: object.etag });
      const broken = await refuse(promote, "default", "tiny@1.0.0");
      expect(broken.why).toMatch(/SHA-256 of .*fp32\.onnx is [0-9a-f]{64}, not [0-9a-f]{64}/);
      expect((await readAliases(stage.store)).aliases.aliases).toEqual({});
      const { words, failed } = await run(verify);
      expect(failed).toBe(true);
      expect(words).toMatch(/tiny@1\.0\.0\s+the SHA-256 of/);
    });

    it("have shadows, which end", async () => {
      await publishTiny("1.0.0", "1.1.0");
      await run(promote, "default", "tiny@1.0.0");
      await run(shadow, "default", "tiny@1.1.0", "--share", "0.5", "--max-disagreement", "0.2");
      const shadows = async () => (await readAliases(stage.store)).aliases.shadows;
      expect(await shadows()).toEqual({
        default: { ...tiny("1.1.0"), share: 0.5, maxDisagreement: 0.2 },
      });
      expect((await run(list)).words).toMatch(/tiny@1\.1\.0\s+default \(shadow, 50 %\)/);
      await run(shadow, "default", "--off");
      expect(await shadows()).toEqual({});
      expect((await refuse(shadow, "default", "--off")).what).toMatch(/has no shadow/);
    });

    it.each<[words: string, reason: RegExp]>([
      ["promote Default tiny@1.0.0", /cannot be a name/],
      ["promote default tiny", /names no version/],
      ["promote default", /takes NAME ID@VERSION/],
      ["split default tiny@1.0.0=1", /two versions or more/],
      ["split default tiny@1.0.0=1 tiny@1.0.0=2", /two versions or more/],
      ["split default tiny@1.0.0=0 tiny@1.1.0=1", /no part of a split/],
      ["shadow default", /not clear what to do/],
      ["shadow default tiny@1.0.0 --share 2", /--share is wrong/],
      ["rollback nonesuch", /cannot be rolled back/],
      ["remove tiny@1.0.0", /cannot be removed/],
    ])("are not changed by %s", async (words, reason) => {
      const [verb = "", ...args] = words.split(" ");
      expect((await refuse(VERBS[verb] as Command, ...args)).what).toMatch(reason);
      expect(await stage.store.has("aliases.json")).toBe(false);
    });

    it("are rolled back past a version that was removed", async () => {
      await publishTiny("1.0.0", "1.1.0", "1.2.0");
      for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
        await run(promote, "default", `tiny@${version}`);
      }
      await run(remove, "tiny@1.1.0");
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.0.0"));
      expect((await refuse(rollback, "default")).why).toMatch(/nothing that it meant before/);
    });
  });

  describe("two operators at once", () => {
    it("cannot lose each other's change: one wins, the other is told who", async () => {
      await publishTiny("1.0.0", "1.1.0", "1.2.0");
      await run(promote, "default", "tiny@1.0.0");
      // Both have read before either writes.
      let arrived = 0;
      let go = () => {};
      const both = new Promise<void>((resolve) => {
        go = resolve;
      });
      const change = (version: string, by: string) =>
        changeAliases(stage.store, async (aliases) => {
          if (++arrived === 2) go();
          await both;
          const author = { by, at: new Date().toISOString() };
          return edit.promote(aliases, "default", tiny(version), author);
        });
      const outcomes = await Promise.allSettled([change("1.1.0", "ann"), change("1.2.0", "bob")]);
      const won = outcomes.findIndex(({ status }) => status === "fulfilled");
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const [winner, version] = won === 0 ? ["ann", "1.1.0"] : ["bob", "1.2.0"];
      const lost = outcomes[1 - won] as PromiseRejectedResult;
      expect((lost.reason as CliError).what).toMatch(/somebody else was faster/);
      expect((lost.reason as CliError).why).toContain(`last by ${winner} (promote default`);
      expect(await meaning("default")).toEqual(at(version));
      expect((await readAliases(stage.store)).aliases.history).toHaveLength(2);
    });

    it("in processes of their own: every success is in the history", async () => {
      await publishTiny("1.0.0", "1.1.0");
      const outcomes = await Promise.all(
        ["tiny@1.0.0", "tiny@1.1.0"].map((version) =>
          runCli(["model", "promote", "default", version, ...stage.options]),
        ),
      );
      const succeeded = outcomes.filter(({ code }) => code === 0).length;
      expect(succeeded).toBeGreaterThan(0);
      expect((await readAliases(stage.store)).aliases.history).toHaveLength(succeeded);
      for (const { code, stderr } of outcomes) {
        if (code !== 0) expect(stderr).toMatch(/somebody else was faster/);
      }
    });

    it("of whom one removes what the other is about to promote", async () => {
      await publishTiny("1.0.0");
      await expect(
        changeAliases(stage.store, async (aliases) => {
          const author = { by: "ann", at: new Date().toISOString() };
          const promoted = edit.promote(aliases, "default", tiny("1.0.0"), author);
          await run(remove, "tiny@1.0.0");
          return promoted;
        }),
      ).rejects.toMatchObject({ what: expect.stringMatching(/somebody else was faster/) });
      expect((await refuse(promote, "default", "tiny@1.0.0")).why).toMatch(/removed it on/);
    });
  });

  it("whose aliases.json is damaged is not changed further", async () => {
    await publishTiny("1.0.0");
    const damaged = new TextEncoder().encode("{");
    await stage.store.put("aliases.json", damaged, { ifAbsent: true });
    expect((await refuse(promote, "default", "tiny@1.0.0")).what).toMatch(/aliases\.json .*cannot/);
    expect((await stage.store.get("aliases.json"))?.bytes).toEqual(damaged);
  });
});
