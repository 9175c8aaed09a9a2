/** Networks that a Worker has no memory for: the commands follow the limits in wrangler.toml. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { publish } from "../../cli/commands/model/publish.ts";
import { split } from "../../cli/commands/model/split.ts";
import { writeModelFolder } from "../../cli/models/model-folder.ts";
import { noteSize } from "../../cli/models/note-size.ts";
import { DEFAULT_MEMORY_LIMITS, largestModelBytes } from "../../src/models/memory-budget.ts";
import { makeSmallLitertModel } from "../support/small-litert-model.ts";
import { useWorkspace } from "../support/workspace.ts";
import { makeModelFolder } from "./support/make-model.ts";
import { refuse } from "./support/refuse.ts";
import { runJson } from "./support/run-cli.ts";

const workspace = useWorkspace();
let folder: string;
let toml: string;

beforeEach(async () => {
  folder = await mkdtemp(join(workspace().folder, "model-"));
  await makeModelFolder(folder);
  toml ??= await readFile(workspace().config, "utf8");
});

async function set(settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = "${value}"`);
  await writeFile(workspace().config, toml.replace("[vars]", ["[vars]", ...lines].join("\n")));
}

const withConfig = (...words: string[]) => ["model", ...words, "--config", workspace().config];

it.each([
  ["MODEL_MEMORY_BYTES", "1000"],
  ["MODEL_HEAP_BYTES", "25000100"],
])("refuses to publish, verify or promote what %s has no room for", async (name, value) => {
  await set({ [name]: value });
  const refusal = await refuse(withConfig("publish", folder));
  expect(refusal.code).toBe("MODEL_TOO_LARGE");
  expect(refusal.cause).toContain(`${name} = ${value}`);
  await set({});
  await runJson(withConfig("publish", folder));
  await set({ [name]: value });
  expect((await refuse(withConfig("promote", "default", "tiny@1.0.0"))).code).toBe(
    "VERSION_UNUSABLE",
  );
});

it("notes that the heaps of two engines have no room beside each other", async () => {
  await set({});
  const small = await makeSmallLitertModel({ version: "1.1.0" });
  const int8 = join(folder, "int8");
  await writeModelFolder(int8, small.manifest, small.files);
  const config = ["--config", workspace().config];
  await publish.run([folder, "--promote", "one", ...config]);
  await publish.run([int8, ...config]);
  const shares = (first: number) => [`tiny@1.0.0=${first}`, `tiny@1.1.0=${100 - first}`];
  const roomy = await split.run(["one", ...shares(90), ...config]);
  expect(roomy.text).not.toContain("Note:");
  // Either heap has more than 17 MB, and the one of ONNX Runtime 25 MB.
  await set({ MODEL_HEAP_BYTES: "40000000" });
  const tight = await split.run(["one", ...shares(80), ...config]);
  expect(tight.text).toMatch(/cannot keep tiny@1\.0\.0 and tiny@1\.1\.0 in memory together/);
});

it("names a limit in wrangler.toml that is not a number", async () => {
  await set({ MODEL_MEMORY_BYTES: "24 MB" });
  const { code, what, fix } = await refuse(withConfig("list"));
  expect(code).toBe("FILE_INVALID");
  expect(what).toContain("MODEL_MEMORY_BYTES");
  expect(fix).toContain(String(DEFAULT_MEMORY_LIMITS.modelBytes));
});

it("lets in what the Worker itself would load, up to the last byte", () => {
  const largest = largestModelBytes(DEFAULT_MEMORY_LIMITS);
  expect(largest).toBe(DEFAULT_MEMORY_LIMITS.modelBytes);
  expect(noteSize(largest, "It")).toBeUndefined();
  expect(noteSize(largest + 1, "It")).toMatch(/^It has about 25 MB, but/);
  expect(largestModelBytes({ modelBytes: 1e9, heapBytes: 20_000_000 })).toBe(0);
});
