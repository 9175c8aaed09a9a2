/** The first steps of a new user: start the Worker, and run the commands of the README unchanged. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalWorker, seedLocalBucket, startLocalWorker } from "../../tools/local-worker.ts";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url).pathname;

let worker: LocalWorker;
let endpoint: string;

beforeAll(async () => {
  await seedLocalBucket();
  worker = await startLocalWorker({ port: 0, logLevel: "none", watch: false });
  endpoint = new URL("/graphql", worker.url).href;
});

afterAll(() => worker?.dispose());

describe("the local bucket", () => {
  it("is not seeded twice", async () => {
    const { written, present } = await seedLocalBucket();
    expect(written).toEqual([]);
    expect(present).toHaveLength(9);
  });
});

describe("a cold isolate", () => {
  // This test must be the first that uses a model.
  it("answers a second caller even if the first, whose request loads the model, disconnects", async () => {
    const photo = await readFile(
      new URL("examples/espresso.jpg", new URL("../../", import.meta.url)),
    );
    const ask = (signal?: AbortSignal) =>
      fetch(endpoint, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query: "query ($b: String!) { classify(image: { base64: $b }) { answer { label } } }",
          variables: { b: photo.toString("base64") },
        }),
        ...(signal ? { signal } : {}),
      });
    const disconnect = new AbortController();
    const first = ask(disconnect.signal).catch((error: Error) => error.name);
    setTimeout(() => disconnect.abort(), 40);
    const second = await ask();
    expect(await first).toBe("AbortError");
    expect(await second.json()).toMatchObject({
      data: { classify: { answer: { label: "espresso" } } },
    });
  });
});

describe("the examples", () => {
  it("include curl.sh, which prints the answer", async () => {
    const photo = "examples/espresso.jpg";
    const { stdout } = await run("bash", ["examples/curl.sh", photo, endpoint], { cwd: ROOT });
    expect(JSON.parse(stdout).data.classify.answer.label).toBe("espresso");
  });

  it.each([
    ["fetch.ts", "examples/espresso.png", "espresso"],
    ["graphql-request.ts", "examples/espresso.jpg", "浓缩咖啡"],
  ])("include %s, which prints the answer for %s", async (client, photo, label) => {
    const { stdout } = await run(process.execPath, [`examples/${client}`, photo, endpoint], {
      cwd: ROOT,
    });
    expect(stdout.split("\n")[0]).toBe(label);
  });
});

describe("the README", () => {
  it.each(["curl --data-binary", "curl -sF"])(
    "has a command %s … that works unchanged",
    async (start) => {
      const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
      const line = readme
        .split("\n")
        .find((text) => text.startsWith(start))
        ?.replace("http://localhost:8787", endpoint.replace("/graphql", ""));
      const { stdout } = await run("bash", ["-c", line ?? "false"], { cwd: ROOT });
      const json = JSON.parse(stdout);
      expect((json.data?.classify ?? json).answer.label).toBe("domestic cat");
    },
  );
});

describe("npm run classify", () => {
  const classify = (...args: string[]) =>
    run(process.execPath, ["tools/classify.ts", ...args], { cwd: ROOT });

  it("prints a table", async () => {
    const { stdout } = await classify("examples/espresso.jpg", "--top-k", "2", "--locale", "zh");
    expect(stdout).toMatch(/rank\s+label\s+id\s+confidence/);
    expect(stdout).toMatch(/1\s+浓缩咖啡\s+n07920052\s+9\d\.\d %/);
    expect(stdout).not.toMatch(/^3 /m);
    expect(stdout).toMatch(/by efficientnet-lite0@1\.1\.0, with LiteRT$/m);
  });

  it("prints the unchanged response with --json", async () => {
    const options = ["--json", "--model", "resnet18", "--engine", "onnxruntime"];
    const { stdout } = await classify("examples/cat.jpg", ...options);
    const { model } = JSON.parse(stdout).data.classify;
    expect(model).toMatchObject({ id: "resnet18", engine: "ONNXRUNTIME" });
  });

  it.each([
    [["nonesuch.jpg"], /nonesuch\.jpg/],
    [["LICENSE"], /IMAGE_UNSUPPORTED/],
    [["examples/cat.jpg", "--top-k", "many"], /--top-k.*many/],
    [["examples/cat.jpg", "--locale", "fr"], /--locale.*fr/],
    [["examples/cat.jpg", "--engine", "tpu"], /--engine.*onnxruntime/],
    [["examples/cat.jpg", "--nonesuch"], /Usage/],
    [[], /Usage/],
  ])("rejects the arguments %j", async (args, message) => {
    const failure = await classify(...args).catch((error: unknown) => error);
    expect(failure).toMatchObject({ stderr: expect.stringMatching(message) });
  });
});
