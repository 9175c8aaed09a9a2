/** `model compare`: comparing a new version with the one that answers, and demoting it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { ALIASES_KEY, type StoredAliases } from "../../src/models/aliases.ts";
import { useWorkspace } from "../support/workspace.ts";
import { refuse } from "./support/refuse.ts";
import { runCli } from "./support/run-cli.ts";
import { makeLog, NEW } from "./support/shadow-log.ts";

describe("model compare", () => {
  const workspace = useWorkspace();
  const control = { model: "tiny", version: "1.0.0" };
  const candidate = { model: "tiny", version: "1.1.0" };

  async function put(aliases: Omit<StoredAliases, "schemaVersion">): Promise<void> {
    const store = await openLocalStore(workspace().config);
    await store.delete(["aliases.json"]);
    const json = JSON.stringify({ schemaVersion: 1, ...aliases });
    await store.put("aliases.json", new TextEncoder().encode(json), { ifAbsent: true });
    await store.close();
  }

  async function read(): Promise<StoredAliases> {
    const store = await openLocalStore(workspace().config);
    const object = await store.get(ALIASES_KEY);
    await store.close();
    return JSON.parse(new TextDecoder().decode(object?.bytes));
  }

  const compare = (stdin: string, ...args: string[]) =>
    runCli(
      ["model", "compare", "default", "--logs", "-", "--config", workspace().config, ...args],
      {
        stdin,
      },
    );

  const refuseCompare = (...args: string[]) =>
    refuse(["model", "compare", "--config", workspace().config, ...args]);

  it("keeps a good shadow", async () => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    const { code, stdout } = await compare(
      makeLog({ compared: 1000, disagreed: 50, failed: 0 }),
      "--demote",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/another first class on 5 % \(95 %: 3\.8 % to 6\.5 %\) of 1000 images/);
    expect(stdout).toMatch(/can stay/);
    expect((await read()).shadows).toHaveProperty("default");
  });

  it("says that the records have nothing about the version, and judges nothing", async () => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    const { code, stdout } = await compare('{"level":"info","event":"request"}\n', "--demote");
    expect(code).toBe(0);
    expect(stdout).toMatch(/There are no records of .* nothing can be compared/);
    expect(stdout).not.toMatch(/0 images|Undecided/);
    expect((await read()).shadows).toHaveProperty("default");
  });

  it("takes a bad version out of the split and the shadow, by the shadow's bounds", async () => {
    await put({
      aliases: {
        default: [
          { ...control, weight: 90 },
          { ...candidate, weight: 10 },
        ],
      },
      shadows: { default: { ...candidate, share: 1, maxDisagreement: 0.02 } },
    });
    const log = makeLog({ compared: 1000, disagreed: 50, failed: 0 });
    const told = await compare(log);
    expect(told.stdout).toMatch(/It must go\.\n.*--demote/);
    expect((await read()).history).toBeUndefined();
    const { stdout } = await compare(log, "--demote");
    expect(stdout).toMatch(/default no longer points to it/);
    const { aliases, shadows, history } = await read();
    expect(aliases).toEqual({ default: control });
    expect(shadows).toEqual({});
    expect(history).toMatchObject([
      { action: "unshadow", version: candidate },
      {
        action: "demote",
        after: control,
        note: expect.stringMatching(/another first class on 5 %/),
      },
    ]);
  });

  it("rolls back an alias that points to the bad version alone", async () => {
    const change = { at: "2026-01-01T00:00:00Z", by: "test", action: "promote" as const };
    await put({
      aliases: { default: candidate },
      history: [{ ...change, name: "default", before: control, after: candidate }],
    });
    const log = makeLog({ compared: 0, disagreed: 0, failed: 100 });
    const { stdout } = await compare(log, NEW, "--demote");
    expect(stdout).toMatch(/failed on 100 %/);
    expect((await read()).aliases).toEqual({ default: control });
  });

  it.each<[args: string[], code: CliErrorCode]>([
    [[], "USAGE"],
    [["--logs", "-", "--dataset", "x"], "USAGE"],
    [["--logs", "-", "--max-error-rate", "2"], "OPTION_INVALID"],
    [["--dataset", "x'y"], "OPTION_INVALID"],
    [["--dataset", "x", "--since", "0.5"], "OPTION_INVALID"],
    [["--logs", "nonesuch.log"], "FILE_UNREADABLE"],
  ])("refuses to compare with %j: %s", async (args, code) => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    expect((await refuseCompare("default", ...args)).code).toBe(code);
  });

  it("refuses to compare without a shadow, or an alias that does not exist", async () => {
    await put({ aliases: { default: control } });
    expect((await refuseCompare("default", "--logs", "-")).code).toBe("SHADOW_MISSING");
    expect((await refuseCompare("other", "--logs", "-")).code).toBe("ALIAS_UNKNOWN");
  });

  describe("in Analytics Engine", () => {
    const queries: { url: string; authorization: string; sql: string }[] = [];
    let rows: object[][] = [];
    let status = 200;
    const server = createServer(async (request, response) => {
      let sql = "";
      for await (const chunk of request) sql += chunk;
      const { authorization = "" } = request.headers;
      queries.push({ url: request.url ?? "", authorization, sql });
      response.writeHead(status);
      response.end(
        status === 200 ? JSON.stringify({ meta: [], data: rows.shift() }) : "no such dataset",
      );
    });
    const ask = () =>
      runCli(
        [
          ...["model", "compare", "default", "--dataset", "resnet_edge", "--since", "48", "--json"],
          ...["--api", `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`],
          ...["--config", workspace().config],
        ],
        { env: { CLOUDFLARE_ACCOUNT_ID: "acc", CLOUDFLARE_API_TOKEN: "tok" } },
      );

    beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
    afterAll(() => void server.close());

    it("counts the data points of the Worker through the SQL API", async () => {
      await put({
        aliases: { default: control },
        shadows: { default: { ...candidate, share: 1 } },
      });
      // Sums of large tables come as text.
      rows = [
        [{ compared: "1000", agreed: "700", runs: 1010, failures: 10 }],
        [{ answers: 90, failures: null }],
      ];
      const { stdout } = await ask();
      expect(JSON.parse(stdout)).toMatchObject({
        version: NEW,
        compared: 1000,
        agreed: 700,
        runs: 1100,
        failures: 10,
        verdict: "demote",
        demoted: false,
      });
      expect(queries).toHaveLength(2);
      for (const { url, authorization, sql } of queries) {
        expect(url).toBe("/client/v4/accounts/acc/analytics_engine/sql");
        expect(authorization).toBe("Bearer tok");
        expect(sql).toContain("FROM resnet_edge");
        expect(sql).toContain("INTERVAL '48' HOUR");
        expect(sql).toContain(`'${NEW}'`);
      }
    });

    it("repeats the answer of an API that refuses", async () => {
      status = 422;
      const { code, stdout } = await ask();
      expect(code).toBe(1);
      expect(JSON.parse(stdout).error).toMatchObject({
        code: "ANALYTICS_FAILED",
        cause: expect.stringContaining("422: no such dataset"),
      });
    });
  });
});
