/** Comparing a new version with the one that answers: counting, judging, and taking it out. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import {
  type ComparisonCounts,
  countRecords,
  judgeComparison,
} from "../../cli/registry/comparison.ts";
import { readLogRecords } from "../../cli/registry/read-log-records.ts";
import { ALIASES_KEY, type StoredAliases } from "../../src/models/aliases.ts";
import { useWorkspace } from "../support/workspace.ts";
import { runCli } from "./support/run-cli.ts";

const NEW = "tiny@1.1.0";
const shadowLine = (fields: object) => ({
  level: "info",
  event: "shadow",
  name: "default",
  model: "tiny@1.0.0",
  shadow: NEW,
  ran: "shadow",
  ...fields,
});

/** Lines of a log: so many comparisons, of which so many disagree and so many fail. */
function makeLog({
  compared,
  disagreed,
  failed,
}: Record<"compared" | "disagreed" | "failed", number>) {
  const lines = [
    ...Array.from({ length: compared }, (_, i) => shadowLine({ agreed: i >= disagreed })),
    ...Array.from({ length: failed }, () => shadowLine({ code: "MODEL_UNAVAILABLE" })),
  ];
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

describe("log lines", () => {
  const line = shadowLine({ agreed: true, note: 'a "}" in { text' });

  it("are found among other lines", () => {
    const text = `[wrangler:info] Ready {on} http://x\n${JSON.stringify(line)}\nGET / 200 OK {\n${JSON.stringify(line)}\n`;
    expect(readLogRecords(text)).toEqual([line, line]);
  });

  it("are found in what wrangler tail prints", () => {
    const event = {
      outcome: "ok",
      logs: [
        { message: [JSON.stringify(line)], level: "log" },
        { message: ["plain"], level: "log" },
      ],
      event: { request: { url: "https://x" } },
    };
    const text = [event, event].map((e) => JSON.stringify(e, null, 2)).join("\n");
    expect(readLogRecords(text)).toEqual([line, line]);
  });

  it("are counted: comparisons of this name and version, and requests", () => {
    const records = [
      shadowLine({ agreed: true }),
      shadowLine({ agreed: false }),
      // The version itself had answered; the other one ran.
      shadowLine({ agreed: true, ran: "model" }),
      shadowLine({ code: "MODEL_BUDGET" }),
      shadowLine({ code: "MODEL_BUDGET", ran: "model" }),
      shadowLine({ agreed: true, name: "other" }),
      shadowLine({ agreed: true, shadow: "tiny@1.2.0" }),
      { level: "info", classifications: [{ model: NEW }, { model: "tiny@1.0.0" }] },
      { level: "info", classifications: [{ model: "tiny@1.0.0" }], failedModels: [NEW] },
    ];
    expect(countRecords(records, "default", NEW)).toEqual({
      compared: 3,
      agreed: 2,
      runs: 5,
      failures: 2,
    });
  });
});

describe("the rule", () => {
  const bounds = { maxDisagreement: 0.1, maxErrorRate: 0.02 };
  const judge = (counts: Partial<ComparisonCounts>) =>
    judgeComparison({ compared: 1000, agreed: 950, runs: 1000, failures: 0, ...counts }, bounds);

  it.each<[what: string, counts: Partial<ComparisonCounts>, verdict: string]>([
    ["below both bounds", {}, "keep"],
    ["disagreement beyond chance", { agreed: 850 }, "demote"],
    ["disagreement that chance may explain", { agreed: 890 }, "undecided"],
    ["too few to tell", { compared: 5, agreed: 4, runs: 5 }, "undecided"],
    ["failures beyond chance", { failures: 40 }, "demote"],
    ["failures that chance may explain", { failures: 22 }, "undecided"],
    ["nothing at all", { compared: 0, agreed: 0, runs: 0 }, "undecided"],
  ])("%s", (_, counts, verdict) => {
    expect(judge(counts).verdict).toBe(verdict);
  });

  it("goes by Wilson's interval", () => {
    // Of 10 of 100: 0.0552 to 0.1744, as in Newcombe 1998's tables of that method.
    const { disagreement } = judge({ compared: 100, agreed: 90 });
    expect(disagreement.low).toBeCloseTo(0.0552, 4);
    expect(disagreement.high).toBeCloseTo(0.1744, 4);
  });
});

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

  it("tells of a good shadow, and leaves it", async () => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    const { code, stdout } = await compare(
      makeLog({ compared: 1000, disagreed: 50, failed: 0 }),
      "--demote",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/another first class on 5 % \(95 %: 3\.8 % to 6\.5 %\) of 1000 images/);
    expect(stdout).toMatch(/may stay/);
    expect((await read()).shadows).toHaveProperty("default");
  });

  it("takes a bad arm out of the split and out of the shadow, by the bounds it was given", async () => {
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
    expect(told.stdout).toMatch(/It is to go\.\nTake it out with --demote\./);
    expect((await read()).history).toBeUndefined();
    const { stdout } = await compare(log, "--demote");
    expect(stdout).toMatch(/default does not mean it any more/);
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

  it("rolls a name back that means the bad version alone", async () => {
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

  it.each<[args: string[], reason: RegExp]>([
    [["--dataset", "x"], /One of --logs and --dataset/],
    [["--max-error-rate", "2"], /--max-error-rate is wrong/],
  ])("refuses %j", async (args, reason) => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    expect((await compare("", ...args)).stderr).toMatch(reason);
  });

  it("refuses a name with nothing to compare", async () => {
    await put({ aliases: { default: control } });
    expect((await compare("")).stderr).toMatch(/has no shadow/);
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

    it("counts what the Worker has written, by the SQL API", async () => {
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

    it("says what the API says where it refuses", async () => {
      status = 422;
      const { code, stdout } = await ask();
      expect(code).toBe(1);
      expect(JSON.parse(stdout).error.cause).toMatch(/answered 422: no such dataset/);
    });
  });

  it("reads a file that is not there as such", async () => {
    await put({ aliases: { default: control }, shadows: { default: { ...candidate, share: 1 } } });
    const { stderr } = await runCli([
      ...["model", "compare", "default", "--config", workspace().config],
      ...["--logs", join(workspace().folder, "nonesuch.log")],
    ]);
    expect(stderr).toMatch(/nonesuch\.log cannot be read/);
  });
});
