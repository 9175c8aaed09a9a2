/** Publishing, and what names mean: on real R2, directly and by the S3 API. */
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CliError } from "../../cli/cli-error.ts";
import type { Command } from "../../cli/command.ts";
import { list } from "../../cli/model/list.ts";
import { promote } from "../../cli/model/promote.ts";
import { publish } from "../../cli/model/publish.ts";
import { purge } from "../../cli/model/purge.ts";
import { remove } from "../../cli/model/remove.ts";
import { rollback } from "../../cli/model/rollback.ts";
import { shadow } from "../../cli/model/shadow.ts";
import { split } from "../../cli/model/split.ts";
import { verify } from "../../cli/model/verify.ts";
import { changeAliases, readAliases } from "../../cli/registry/change-aliases.ts";
import * as edit from "../../cli/registry/edit-aliases.ts";
import { openLocalStore } from "../../cli/registry/local-store.ts";
import type { ModelStore } from "../../cli/registry/model-store.ts";
import { openS3Store } from "../../cli/registry/s3-store.ts";
import type { AliasMeaning } from "../../src/registry/aliases.ts";
import { PURGES_KEY } from "../../src/registry/purge-counts.ts";
import { useWorkspace } from "../support/workspace.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { runCli } from "./support/run-cli.ts";
import { type S3Server, startS3Server } from "./support/s3-server.ts";

const VERBS: Readonly<Record<string, Command>> = { promote, split, shadow, rollback, remove };

const workspace = useWorkspace();

/** A way to a bucket: options of the command line, and the same bucket opened. */
type Way = { readonly options: readonly string[]; readonly store: ModelStore };

let s3: S3Server;
const ways = new Map<string, Way>();

beforeAll(async () => {
  const { config, folder } = workspace();
  s3 = await startS3Server(config, join(folder, "s3"));
  process.env.R2_ACCESS_KEY_ID = s3.accessKeyId;
  process.env.R2_SECRET_ACCESS_KEY = "secret";
  ways.set("local", {
    options: ["--config", config],
    store: await openLocalStore(config),
  });
  ways.set("S3", {
    options: ["--remote", "--endpoint", s3.endpoint, "--bucket", s3.bucket],
    store: openS3Store({ ...s3, secretAccessKey: "secret" }),
  });
});

afterAll(async () => {
  for (const { store } of ways.values()) await store.close();
  await s3?.close();
});

describe.each(["local", "S3"])("a bucket (%s)", (which) => {
  let way: Way;
  let folder: string;
  const run = (command: Command, ...args: string[]) => command.run([...args, ...way.options]);
  const refuse = (command: Command, ...args: string[]): Promise<CliError> =>
    run(command, ...args).then(
      () => expect.unreachable("It was not refused."),
      (error: CliError) => error,
    );
  const meaning = async (name: string): Promise<AliasMeaning | undefined> =>
    (await readAliases(way.store)).aliases.aliases[name];
  const publishTiny = async (...versions: string[]) => {
    for (const [i, version] of versions.entries()) {
      const path = join(folder, `tiny-${version}`);
      await makeModelFolder(path, { version, bias: i });
      await run(publish, path);
    }
  };
  const at = (version: string) => ({ model: "tiny", version });

  beforeEach(async () => {
    way = ways.get(which) as Way;
    folder = await mkdtemp(join(workspace().folder, "models-"));
    await way.store.delete((await way.store.list("")).map(({ key }) => key));
  });

  describe("publish", () => {
    it("writes the manifest last, and nothing the second time", async () => {
      await makeModelFolder(folder);
      const keys = ["fp32.onnx", "head.f16.bin", "manifest.json"].map(
        (file) => `models/tiny/1.0.0/${file}`,
      );
      const first = await run(publish, folder);
      expect(first.result).toMatchObject({ version: "tiny@1.0.0", written: keys, present: [] });
      const second = await run(publish, folder);
      expect(second.result).toMatchObject({ written: [], present: keys });
      expect(await meaning("tiny")).toBeUndefined();
    });

    it("never changes a published version", async () => {
      await makeModelFolder(folder);
      await run(publish, folder);
      const before = await way.store.get("models/tiny/1.0.0/fp32.onnx");
      await makeModelFolder(folder, { bias: 1 });
      const { reason, fix } = await refuse(publish, folder);
      expect(reason).toMatch(/published already with another .*a published version never changes/);
      expect(fix).toContain("--version");
      expect(await way.store.get("models/tiny/1.0.0/fp32.onnx")).toEqual(before);
      await run(publish, folder, "--version", "1.0.1");
      expect(await way.store.has("models/tiny/1.0.1/manifest.json")).toBe(true);
    });

    it("goes on where it was interrupted", async () => {
      await makeModelFolder(folder);
      const bytes = await readFile(join(folder, "fp32.onnx"));
      await way.store.put("models/tiny/1.0.0/fp32.onnx", bytes, { ifAbsent: true });
      const { result } = await run(publish, folder);
      expect(result).toMatchObject({ present: ["models/tiny/1.0.0/fp32.onnx"] });
    });

    it("does not mix with what another's interruption has left, which remove clears", async () => {
      await makeModelFolder(folder);
      await way.store.put("models/tiny/1.0.0/fp32.onnx", new Uint8Array(9), { ifAbsent: true });
      expect((await refuse(publish, folder)).fix).toContain("model remove tiny@1.0.0");
      await run(remove, "tiny@1.0.0");
      await run(publish, folder);
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
          labels: { table: "imagenet1k", synsets: [1, 2, 3, 4, 5].map((i) => `n0000000${i}`) },
        }),
        /no synset n00000001/,
      ],
    ])("refuses what could not answer: other %s", async (_, change, reason) => {
      await makeModelFolder(folder);
      const path = join(folder, "manifest.json");
      const changed = change(JSON.parse(await readFile(path, "utf8")));
      await writeFile(path, JSON.stringify(changed));
      expect((await refuse(publish, folder)).reason).toMatch(reason);
      expect(await way.store.list("")).toEqual([]);
    });

    it("refuses a folder whose file is not the one of the manifest, naming both hashes", async () => {
      await makeModelFolder(folder);
      const other = await makeModelFolder(join(folder, "other"), { bias: 1 });
      await cp(join(other.path, "fp32.onnx"), join(folder, "fp32.onnx"));
      const { reason } = await refuse(publish, folder);
      expect(reason).toMatch(/SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/);
    });
  });

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
      const { aliases } = await readAliases(way.store);
      expect(aliases.history).toMatchObject([
        { by: "ann", action: "promote", name: "default", after: at("1.0.0"), note: "first" },
        { by: "bob", action: "promote", before: at("1.0.0"), after: at("1.1.0") },
        { action: "split", before: at("1.1.0"), after: arms },
      ]);
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.1.0"));
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.0.0"));
      expect((await refuse(rollback, "default")).reason).toMatch(/nothing that it meant before/);
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
      expect(missing.reason).toMatch(/has no models\/tiny\/9\.9\.9\/manifest\.json/);
      const key = "models/tiny/1.0.0/fp32.onnx";
      const object = await way.store.get(key);
      if (!object) throw new Error(`${key} is missing.`);
      object.bytes[object.bytes.length - 1] = (object.bytes.at(-1) as number) ^ 1;
      await way.store.put(key, object.bytes, { ifMatch: object.etag });
      const broken = await refuse(promote, "default", "tiny@1.0.0");
      expect(broken.reason).toMatch(/SHA-256 of .*fp32\.onnx is [0-9a-f]{64}, not [0-9a-f]{64}/);
      expect((await readAliases(way.store)).aliases.aliases).toEqual({});
      const { words, failed } = await run(verify);
      expect(failed).toBe(true);
      expect(words).toMatch(/tiny@1\.0\.0\s+the SHA-256 of/);
    });

    it("have shadows, which end", async () => {
      await publishTiny("1.0.0", "1.1.0");
      await run(promote, "default", "tiny@1.0.0");
      await run(shadow, "default", "tiny@1.1.0", "--share", "0.5", "--max-disagreement", "0.2");
      const shadows = async () => (await readAliases(way.store)).aliases.shadows;
      expect(await shadows()).toEqual({
        default: { ...at("1.1.0"), share: 0.5, maxDisagreement: 0.2 },
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
      expect(await way.store.has("aliases.json")).toBe(false);
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
        changeAliases(way.store, async (aliases) => {
          if (++arrived === 2) go();
          await both;
          const author = { by, at: new Date().toISOString() };
          return edit.promote(aliases, "default", at(version), author);
        });
      const outcomes = await Promise.allSettled([change("1.1.0", "ann"), change("1.2.0", "bob")]);
      const won = outcomes.findIndex(({ status }) => status === "fulfilled");
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const [winner, version] = won === 0 ? ["ann", "1.1.0"] : ["bob", "1.2.0"];
      const lost = outcomes[1 - won] as PromiseRejectedResult;
      expect((lost.reason as CliError).what).toMatch(/somebody else was faster/);
      expect((lost.reason as CliError).reason).toContain(`last by ${winner} (promote default`);
      expect(await meaning("default")).toEqual(at(version));
      expect((await readAliases(way.store)).aliases.history).toHaveLength(2);
    });

    it("in processes of their own: every success is in the history", async () => {
      await publishTiny("1.0.0", "1.1.0");
      const outcomes = await Promise.all(
        ["tiny@1.0.0", "tiny@1.1.0"].map((version) =>
          runCli(["model", "promote", "default", version, ...way.options]),
        ),
      );
      const succeeded = outcomes.filter(({ code }) => code === 0).length;
      expect(succeeded).toBeGreaterThan(0);
      expect((await readAliases(way.store)).aliases.history).toHaveLength(succeeded);
      for (const { code, stderr } of outcomes) {
        if (code !== 0) expect(stderr).toMatch(/somebody else was faster/);
      }
    });

    it("of whom one removes what the other is about to promote", async () => {
      await publishTiny("1.0.0");
      await expect(
        changeAliases(way.store, async (aliases) => {
          const author = { by: "ann", at: new Date().toISOString() };
          const promoted = edit.promote(aliases, "default", at("1.0.0"), author);
          await run(remove, "tiny@1.0.0");
          return promoted;
        }),
      ).rejects.toMatchObject({ what: expect.stringMatching(/somebody else was faster/) });
      expect((await refuse(promote, "default", "tiny@1.0.0")).reason).toMatch(/removed it on/);
    });
  });

  describe("remove", () => {
    it("refuses what is in use, and never lets a number be used again", async () => {
      await publishTiny("1.0.0", "1.1.0");
      await run(promote, "default", "tiny@1.0.0");
      await run(shadow, "default", "tiny@1.1.0");
      expect((await refuse(remove, "tiny@1.0.0")).reason).toMatch(/in use under default/);
      expect((await refuse(remove, "tiny@1.1.0")).reason).toMatch(/in use under default/);
      await run(shadow, "default", "--off");
      await run(remove, "tiny@1.1.0");
      const left = (await way.store.list("models/tiny/1.1.0/")).map(({ key }) => key);
      expect(left).toEqual(["models/tiny/1.1.0/removed.json"]);
      const again = await refuse(publish, join(folder, "tiny-1.1.0"));
      expect(again.reason).toMatch(/was removed/);
      expect((await refuse(remove, "tiny@1.1.0")).reason).toMatch(/removed before/);
    });

    it("is walked past by rollback", async () => {
      await publishTiny("1.0.0", "1.1.0", "1.2.0");
      for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
        await run(promote, "default", `tiny@${version}`);
      }
      await run(remove, "tiny@1.1.0");
      await run(rollback, "default");
      expect(await meaning("default")).toEqual(at("1.0.0"));
      expect((await refuse(rollback, "default")).reason).toMatch(/nothing that it meant before/);
    });
  });

  describe("purge", () => {
    it("counts up for each version, however many purge at once", async () => {
      await run(purge, "tiny@1.1.0");
      const counts = await Promise.all(
        Array.from({ length: 4 }, async () => (await run(purge, "tiny@1.0.0")).result),
      );
      expect(counts.map((result) => (result as { times: number }).times).sort()).toEqual([
        1, 2, 3, 4,
      ]);
      const object = await way.store.get(PURGES_KEY);
      expect(JSON.parse(new TextDecoder().decode(object?.bytes))).toEqual({
        "tiny@1.0.0": 4,
        "tiny@1.1.0": 1,
      });
    });

    it("refuses what names no version, and counts that are damaged", async () => {
      expect((await refuse(purge, "default")).what).toMatch(/names no version/);
      await way.store.put(PURGES_KEY, new TextEncoder().encode("{"), { ifAbsent: true });
      expect((await refuse(purge, "tiny@1.0.0")).reason).toMatch(/not JSON/);
    });
  });

  it("that is empty has nothing to list and nothing to verify", async () => {
    expect((await run(list)).words).toBe("Nothing is published.");
    expect((await run(verify)).words).toBe("Nothing is published.");
  });

  it("whose aliases.json is damaged is not changed further", async () => {
    await publishTiny("1.0.0");
    const damaged = new TextEncoder().encode("{");
    await way.store.put("aliases.json", damaged, { ifAbsent: true });
    expect((await refuse(promote, "default", "tiny@1.0.0")).what).toMatch(/aliases\.json .*cannot/);
    expect((await way.store.get("aliases.json"))?.bytes).toEqual(damaged);
  });
});

describe("a bucket at Cloudflare", () => {
  it.each<
    [what: string, args: () => readonly string[], env: Record<string, string>, reason: RegExp]
  >([
    ["no keys", () => ["--remote"], { R2_ACCESS_KEY_ID: "" }, /must all be set/],
    [
      "a wrong key",
      () => ["--remote", "--endpoint", s3.endpoint, "--bucket", s3.bucket],
      { R2_ACCESS_KEY_ID: "other" },
      /InvalidAccessKeyId[\s\S]*R2 API token/,
    ],
    [
      "a bucket that is not there",
      () => ["--remote", "--endpoint", s3.endpoint, "--bucket", "nonesuch"],
      {},
      /NoSuchBucket[\s\S]*r2 bucket create/,
    ],
    ["no host", () => ["--remote", "--endpoint", "http://127.0.0.1:9"], {}, /ECONNREFUSED/],
    ["an endpoint without --remote", () => ["--endpoint", s3.endpoint], {}, /goes with --remote/],
  ])("says what is wrong: %s", async (_, args, env, reason) => {
    const { code, stderr } = await runCli(["model", "list", ...args()], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^error: .*\ncause: .*\nfix: {3}.*/);
  });
});
