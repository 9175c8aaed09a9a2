/** `resnet-edge model pull` in its own process, from a host that works and from one that does not. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { writeSafetensors } from "../../src/graphs/safetensors/write-safetensors.ts";
import { makeResNet } from "../support/make-resnet.ts";
import { type Answer, makeHub, RESNET18 } from "./support/model-hub.ts";
import { refuse } from "./support/refuse.ts";
import { runCli } from "./support/run-cli.ts";

let weights: Buffer;
let sha256: string;
let endpoint: string;
let answer: Answer;
let requests: { path: string; range: string | undefined }[];
let folder: string;
let hub: ReturnType<typeof makeHub>;

const server = createServer((request, response) => {
  requests.push({ path: request.url ?? "", range: request.headers.range });
  answer(request, response);
});

beforeAll(async () => {
  weights = Buffer.from(writeSafetensors(makeResNet(18, { width: 4, classes: 1000 })));
  sha256 = createHash("sha256").update(weights).digest("hex");
  hub = makeHub(weights, sha256, () => folder);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

beforeEach(async () => {
  requests = [];
  answer = hub.serve;
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-pull-"));
  return () => rm(folder, { recursive: true });
});

const pull = (args: readonly string[], env: Record<string, string> = {}) =>
  runCli(["model", "pull", ...args, "--out", folder], { env });

const refusePull = (args: readonly string[]) => refuse(["model", "pull", ...args, "--out", folder]);

describe("model pull", () => {
  it("downloads a network of the catalogue from HF_ENDPOINT, verifies it and converts it", async () => {
    const { code, stdout } = await pull(["resnet18-torchvision", "--json"], {
      HF_ENDPOINT: endpoint,
    });
    expect(code).toBe(0);
    expect(requests).toEqual([
      { path: RESNET18, range: undefined },
      { path: "/cdn/blob", range: undefined },
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "resnet18-torchvision",
      manifest: {
        id: "resnet18-torchvision",
        architecture: "ResNet-18",
        licence: "BSD-3-Clause",
        files: { head: { shape: [1000, 32] } },
      },
      bytes: weights.length,
      sha256,
    });
    expect((await readdir(folder)).sort()).toEqual([
      "fp32.onnx",
      "head.f16.bin",
      "manifest.json",
      "source.safetensors",
    ]);
    expect((await readFile(join(folder, "head.f16.bin"))).byteLength).toBe(1000 * 32 * 2);
  });

  it("downloads from a folder of --mirror", async () => {
    const { code } = await pull(["resnet18-torchvision", "--mirror", `${endpoint}/hub/`]);
    expect(code).toBe(0);
    expect(requests[0]?.path).toBe(`/hub${RESNET18}`);
  });

  it("resumes a download each time the connection breaks", async () => {
    answer = hub.serveBroken(2);
    const { code, stdout } = await pull(["resnet18-torchvision", "--json", "--mirror", endpoint]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).sha256).toBe(sha256);
    const half = Math.floor(weights.length / 2);
    const rest = weights.length - half;
    const fetched = requests.filter(({ path }) => path === "/cdn/blob");
    expect(fetched.map(({ range }) => range)).toEqual([
      undefined,
      `bytes=${half}-`,
      `bytes=${half + Math.floor(rest / 2)}-`,
    ]);
  });

  it("resumes a download in a later run", async () => {
    answer = hub.serveBroken(Number.POSITIVE_INFINITY);
    const first = await pull(["resnet18-torchvision", "--mirror", endpoint]);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/5 attempts failed[\s\S]*resume/);
    requests = [];
    answer = hub.serve;
    expect((await pull(["resnet18-torchvision", "--mirror", endpoint])).code).toBe(0);
    expect(Number(/(\d+)-/.exec(requests[0]?.range ?? "")?.[1])).toBeGreaterThan(
      weights.length / 2,
    );
  });

  it("starts again if the file has changed meanwhile", async () => {
    answer = (request, response) => {
      if (request.url?.endsWith(RESNET18)) return hub.redirect(response);
      // The next attempt finds another tag.
      answer = hub.serve;
      response.writeHead(200, { etag: '"0"', "content-length": weights.length });
      response.write(Buffer.alloc(1000, 7));
      return hub.breakOff(response, 1000);
    };
    const { code, stdout } = await pull(["resnet18-torchvision", "--json", "--mirror", endpoint]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).sha256).toBe(sha256);
  });

  it("refuses a file with a flipped byte, naming both hashes, and deletes it", async () => {
    const flipped = Buffer.from(weights);
    flipped[weights.length - 1] = (flipped.at(-1) as number) ^ 1;
    const found = createHash("sha256").update(flipped).digest("hex");
    answer = (request, response) => {
      if (request.url?.endsWith(RESNET18)) hub.redirect(response);
      else response.end(flipped);
    };
    const { code, stderr } = await pull(["resnet18-torchvision", "--mirror", endpoint]);
    expect(code).toBe(1);
    expect(stderr).toContain(`its SHA-256 is ${found}, not ${sha256}`);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a file without a known hash, unless --sha256 gives it", async () => {
    answer = hub.serveFile;
    const refusal = await refusePull(["resnet18-torchvision", "--mirror", endpoint]);
    expect(refusal.code).toBe("HASH_MISSING");
    expect(refusal.cause).toContain(sha256);
    expect(
      (await pull(["resnet18-torchvision", "--mirror", endpoint, "--sha256", sha256])).code,
    ).toBe(0);
  });

  it("gives up after six redirects in a row", async () => {
    answer = (_, response) => response.writeHead(302, { location: "/again" }).end();
    const { code, cause } = await refusePull(["resnet18-torchvision", "--mirror", endpoint]);
    expect(code).toBe("DOWNLOAD_FAILED");
    expect(cause).toContain("6 redirects");
  });

  it.each([
    ["mobilenetv2", /its SHA-256 is [0-9a-f]{64}, not c0c3f76d/],
    ["shufflenetv2", /its SHA-256 is [0-9a-f]{64}, not ea69821b/],
    ["resnet18-zoo", /it has \d+ bytes, not 46748516/],
  ])("refuses any file for %s but the one that the catalogue pins", async (name, reason) => {
    const { code, cause } = await refusePull([name, "--mirror", endpoint]);
    expect(code).toBe("HASH_MISMATCH");
    expect(cause).toMatch(reason);
  });

  it("takes a local file, and verifies it if --sha256 is given", async () => {
    const own = join(folder, "own.safetensors");
    await writeFile(own, weights);
    expect((await pull(["mine", "--from", own, "--sha256", sha256])).code).toBe(0);
    const wrong = await refusePull(["mine", "--from", own, "--sha256", "0".repeat(64)]);
    expect(wrong.code).toBe("HASH_MISMATCH");
  });

  it.each<[args: string[], status: number, code: CliErrorCode]>([
    [[], 2, "USAGE"],
    [["a", "b"], 2, "USAGE"],
    [["../etc"], 2, "OPTION_INVALID"],
    [["nonesuch"], 1, "NETWORK_UNKNOWN"],
    [["mine", "--from", "weights.bin"], 2, "OPTION_INVALID"],
    [["mine", "--from", "nonesuch.onnx"], 1, "FILE_UNREADABLE"],
    [["resnet18-torchvision", "--input-size", "many"], 2, "OPTION_INVALID"],
    [["resnet18-torchvision", "--enlarge", "84"], 2, "OPTION_INVALID"],
    [["resnet18-torchvision", "--enlarge", "84:8"], 2, "OPTION_INVALID"],
    [["resnet18-torchvision", "--mirror", "not a url"], 2, "OPTION_INVALID"],
    [["resnet18-torchvision", "--nonesuch"], 2, "USAGE"],
    [["net.", "--from", "net.onnx"], 2, "OPTION_INVALID"],
    [["mine", "--from", "http://"], 2, "OPTION_INVALID"],
    [["mine", "--from", "ftp://host/net.onnx"], 2, "OPTION_INVALID"],
    [["mine", "--from", "file://host/net.onnx"], 2, "OPTION_INVALID"],
    [["mine", "--from", "net.onnx", "--enlarge", "84:128"], 2, "OPTION_INVALID"],
    [["mine", "--from", "net.safetensors", "--output", "logits"], 2, "OPTION_INVALID"],
  ])("refuses %j with status %i and %s", async (args, status, code) => {
    expect(await refusePull(args)).toMatchObject({ status, code });
  });

  it.each([
    ["--sha256", "hello"],
    ["--sha256", `md5:${"0".repeat(32)}`],
    ["--version", "1.0"],
    ["--version", "1.0.05"],
    ["--std", "0"],
    ["--std", "0.2,-1,0.2"],
    ["--licence", ""],
    ["--licence", " "],
  ])("refuses %s %j before it downloads anything", async (option, value) => {
    const { status, code, fix } = await refusePull([
      ...["resnet18-torchvision", "--mirror", endpoint],
      `${option}=${value}`,
    ]);
    expect({ status, code }).toEqual({ status: 2, code: "OPTION_INVALID" });
    expect(fix).not.toBe("");
    expect(requests).toEqual([]);
  });

  it("refuses classes that are listed twice before it downloads anything", async () => {
    const classes = join(folder, "classes.txt");
    await writeFile(classes, "id,en\ncat,cat\ndog,dog\ncat,kitten\n");
    const { code, cause } = await refusePull([
      ...["mine", "--from", `${endpoint}/net.onnx`, "--labels", classes],
    ]);
    expect(code).toBe("FILE_INVALID");
    expect(cause).toContain("cat");
    expect(requests).toEqual([]);
  });

  it("says why it tries again", async () => {
    answer = (_, response) => {
      answer = hub.serveFile;
      response.writeHead(503).end();
    };
    const from = `${endpoint}/net.safetensors`;
    const { code, stderr } = await pull(["mine", "--from", from]);
    expect(code).toBe(0);
    expect(stderr).toBe("mine: the host answered 503; attempt 2 of 5\n");
  });

  it.each([
    ["in capitals", (hex: string) => hex.toUpperCase()],
    ["as digests are written", (hex: string) => `sha256:${hex}`],
    ["with spaces", (hex: string) => ` SHA256:${hex.toUpperCase()}\n`],
  ])("takes --sha256 %s", async (_, write) => {
    answer = hub.serveFile;
    const args = ["resnet18-torchvision", "--mirror", endpoint, "--sha256", write(sha256)];
    expect((await pull(args)).code).toBe(0);
  });

  it("takes the URL of a file on this machine", async () => {
    const own = join(folder, "own weights.safetensors");
    await writeFile(own, weights);
    expect((await pull(["mine", "--from", pathToFileURL(own).href])).code).toBe(0);
  });

  it("does not overwrite the file that it reads", async () => {
    const own = join(folder, "fp32.onnx");
    await writeFile(own, "mine");
    await symlink(folder, `${folder}-link`);
    try {
      const { code, cause } = await refusePull(["mine", "--from", `${folder}-link/fp32.onnx`]);
      expect(code).toBe("OPTION_INVALID");
      expect(cause).toContain("would overwrite");
      expect(await readFile(own, "utf8")).toBe("mine");
    } finally {
      await rm(`${folder}-link`);
    }
  });

  it("says that the folder cannot be written before it downloads anything", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const words = ["model", "pull", "resnet18-torchvision", "--mirror", endpoint];
    const { code } = await refuse([...words, "--out", join(file, "model")]);
    expect(code).toBe("FILE_UNWRITABLE");
    expect(requests).toEqual([]);
  });

  it("takes the facts of --like from a manifest, or from the folder with it", async () => {
    const own = join(folder, "own.safetensors");
    await writeFile(own, weights);
    const first = ["mine", "--from", own, "--mean", "0.1", "--licence", "CC0"];
    expect((await pull(first)).code).toBe(0);
    for (const like of [folder, join(folder, "manifest.json")]) {
      const { stdout } = await pull(["mine", "--from", own, "--like", like, "--json"]);
      const { manifest } = JSON.parse(stdout);
      expect(manifest).toMatchObject({ licence: "CC0", preprocess: { mean: [0.1, 0.1, 0.1] } });
    }
  });

  it.each<[where: string, write: (path: string) => Promise<unknown>, name: string]>([
    ["its file", async () => {}, "resnetaa50.safetensors"],
    ["its folder", async () => {}, "resnetblur18.bn_in1k/model.safetensors"],
    [
      "config.json",
      (path) => writeFile(path, '{ "architecture": "resnetaa50", "num_classes": 1000 }'),
      "model.safetensors",
    ],
    [
      "config.json, with strides elsewhere",
      (path) => writeFile(path, '{ "downsample_in_bottleneck": true }'),
      "model.safetensors",
    ],
  ])("refuses a ResNet that only the name of %s tells from a plain one", async (_, write, name) => {
    const own = join(folder, name);
    await mkdir(dirname(own), { recursive: true });
    await writeFile(own, weights);
    await write(join(dirname(own), "config.json"));
    const { code, fix } = await refusePull(["mine", "--from", own]);
    expect(code).toBe("WEIGHTS_UNSUPPORTED");
    expect(fix).toContain(".onnx");
  });

  it("does not retry if the host refuses the download", async () => {
    answer = (_, response) => response.writeHead(403).end();
    const refusal = await refusePull(["resnet18-torchvision", "--mirror", endpoint]);
    expect(refusal).toMatchObject({ code: "DOWNLOAD_FAILED", cause: "The host answered 403." });
    expect(requests).toHaveLength(1);
  });
});
