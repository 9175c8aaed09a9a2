/** `model pull` of networks in the forms that other people's exporters and tools write. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli/command-line.ts";
import type { EvaluateReport } from "../../cli/evaluate/describe-evaluation.ts";
import { describeFile, readModelFolder, writeModelFolder } from "../../cli/models/model-folder.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { softmax } from "../../src/inference/softmax.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { makeRandom } from "../support/made-up.ts";
import { ODD_NETWORKS } from "../support/odd-networks/odd-networks.ts";
import {
  makePlain,
  ODD_CLASSES,
  ODD_SIZE,
  type OddNetwork,
} from "../support/odd-networks/plain-network.ts";
import { useWorkspace } from "../support/workspace.ts";
import { refuse } from "./support/refuse.ts";
import { runJson } from "./support/run-cli.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const random = makeRandom();
const IMAGE = Float32Array.from({ length: 3 * ODD_SIZE ** 2 }, () => random() * 4 - 2);
/** The order of sums. */
const FLOAT_TOLERANCE = 1e-4;

type Pulled = { quantized: boolean; notes: string[]; manifest: ModelManifest };

const workspace = useWorkspace();
const at = (...names: string[]) => join(workspace().folder, ...names);

/** What the Worker would say: the softmax of the output that the manifest names. */
async function predict(bytes: Uint8Array, output: string): Promise<number[]> {
  const session = await (await startNodeRuntime()).createSession(bytes);
  const input = { data: IMAGE, shape: [1, 3, ODD_SIZE, ODD_SIZE] };
  const results = await session.run({ [session.inputNames[0] as string]: input }, [output]);
  await session.release();
  return [...softmax(results[output]?.data as Float32Array)];
}

async function predictFolder(folder: string): Promise<number[]> {
  const { manifest } = await readModelFolder(folder);
  const bytes = await readFile(join(folder, manifest.files.model.path));
  return predict(new Uint8Array(bytes), manifest.outputs.logits);
}

async function write({ name, make, beside }: OddNetwork): Promise<string> {
  const path = at("sources", `${name}.onnx`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, make());
  for (const [file, bytes] of beside?.() ?? []) {
    await mkdir(dirname(at("sources", file)), { recursive: true });
    await writeFile(at("sources", file), bytes);
  }
  return path;
}

const command = ({ name, options = [] }: OddNetwork, from: string, out: string) => [
  ...["model", "pull", name, "--from", from, "--out", out, "--labels", at("classes.txt")],
  ...["--input-size", String(ODD_SIZE), ...options],
];

async function pull(network: OddNetwork, from: string, out = at(network.name)): Promise<Pulled> {
  const { status, stdout = "" } = await runCommandLine([...command(network, from, out), "--json"]);
  if (status !== 0) throw new Error(stdout);
  return JSON.parse(stdout);
}

function worst(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 2))));
}

beforeAll(async () => {
  const classes = Array.from({ length: ODD_CLASSES }, (_, i) => `thing ${i}`);
  await writeFile(at("classes.txt"), classes.join("\n"));
});

describe("model pull, networks of other exporters", () => {
  it.each(ODD_NETWORKS)("$name", async (network) => {
    const from = await write(network);
    if ("code" in network) {
      const refusal = await refuse(command(network, from, at(network.name)));
      expect(refusal.code).toBe(network.code);
      expect(`${refusal.what} ${refusal.cause}`).toMatch(network.cause);
      expect(refusal.fix).toMatch(network.fix);
      return;
    }
    const { quantized, notes, manifest } = await pull(network, from);
    expect(notes).toEqual(network.notes);
    expect(quantized).toBe(network.quantized ?? false);
    for (const note of notes) expect(manifest.source).toContain(note);
    const expected = network.differs
      ? await predict(network.make(), manifest.outputs.logits)
      : await predict(makePlain(), "scores");
    const found = await predictFolder(at(network.name));
    expect(found).toHaveLength(ODD_CLASSES);
    expect(worst(found, expected)).toBeLessThan(network.tolerance ?? FLOAT_TOLERANCE);
    // Otherwise a network that ignores its image would pass.
    expect(Math.max(...expected)).toBeGreaterThan(2 / ODD_CLASSES);
  });

  const named = (name: string) =>
    ODD_NETWORKS.find((network) => network.name === name) as OddNetwork;

  it("fetches the file with the weights from beside the model", async () => {
    const network = named("external-data-in-folder");
    await write(network);
    const asked: string[] = [];
    const server = createServer(async ({ url = "" }, response) => {
      asked.push(url);
      const { pathname } = new URL(url, "http://host");
      response.end(await readFile(at("sources", decodeURIComponent(pathname.slice(5)))));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const out = at("fetched");
      await pull(network, `HTTP://127.0.0.1:${port}/hub/${network.name}.onnx?token=1`, out);
      expect(asked).toEqual([
        `/hub/${network.name}.onnx?token=1`,
        "/hub/weights/all%20of%20them.bin?token=1",
      ]);
      const expected = await predict(makePlain(), "scores");
      expect(worst(await predictFolder(out), expected)).toBeLessThan(FLOAT_TOLERANCE);
    } finally {
      server.close();
    }
  });

  it("makes evaluate warn of a folder whose network gives probabilities", async () => {
    const folder = at("twice");
    await pull(named("plain"), await write(named("plain")), folder);
    const data = at("photos", "thing 3");
    await mkdir(data, { recursive: true });
    await copyFile(join(ROOT, "examples/cat.jpg"), join(data, "cat.jpg"));
    const evaluate = () =>
      runJson<EvaluateReport>(["model", "evaluate", folder, "--data", at("photos")]);
    expect((await evaluate()).warnings).toEqual([]);
    const { manifest } = await readModelFolder(folder);
    const bytes = named("end-softmax").make();
    const model = describeFile("fp32.onnx", bytes);
    await writeModelFolder(
      folder,
      { ...manifest, files: { model }, outputs: { logits: "probabilities" } },
      new Map([["fp32.onnx", bytes]]),
    );
    expect((await evaluate()).warnings).toEqual([
      expect.stringMatching(/softmax is applied twice/),
    ]);
  });

  it.each(["end-softmax", "fp16-keepio", "external-data", "ort-extended", "end-softmax-by-hand"])(
    "quantises %s after the pull",
    async (name) => {
      const folder = at(`q-${name}`);
      await pull(named(name), await write(named(name)), folder);
      const args = [
        "model",
        "quantize",
        folder,
        "--images",
        join(ROOT, "examples"),
        "--count",
        "2",
      ];
      await runJson([...args, "--out", `${folder}-int8`]);
      const int8 = await predictFolder(`${folder}-int8`);
      // Rounding to int8, in a network that was never trained.
      expect(worst(int8, await predict(makePlain(), "scores"))).toBeLessThan(0.1);
    },
  );
});
