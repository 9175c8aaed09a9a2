/** The directions in which imports may go, tried on files that break them. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url).pathname;
const BIN = join(ROOT, "node_modules/.bin");

/** A file, and what it imports. */
type Import = readonly [path: string, specifier: string];

const REFUSED: readonly Import[] = [
  ["src/imaging/a.ts", "../registry/model-bucket.ts"],
  ["src/inference/engines/a.ts", "../../http/errors.ts"],
  ["src/labels/a.ts", "node:fs"],
  ["src/models/a.ts", "@cloudflare/workers-types"],
  ["src/graphs/a.ts", "../../cli/cli-error.ts"],
  ["src/quantize/a.ts", "../config.ts"],
  ["src/evaluate/a.ts", "cloudflare:workers"],
  ["src/training/a.ts", "../../cli/cli-error.ts"],
  ["src/answers/a.ts", "graphql"],
  ["src/errors.ts", "./config.ts"],
  ["src/registry/a.ts", "../classification/classifier.ts"],
  ["src/registry/b.ts", "../graphs/graph.ts"],
  ["src/classification/b.ts", "../graphs/tflite/convert-graph.ts"],
  ["src/resolvers/b.ts", "../quantize/plan.ts"],
  ["src/http/b.ts", "../graphs/graph.ts"],
  ["src/classification/a.ts", "../resolvers/context.ts"],
  ["src/resolvers/a.ts", "../http/errors.ts"],
  ["src/http/a.ts", "../../cli/cli-error.ts"],
  ["src/app.ts", "node:path"],
  ["cli/images/a.ts", "../../tools/npy.ts"],
  ["cli/images/b.ts", "../../src/http/errors.ts"],
  ["tools/a.ts", "../bench/heap.ts"],
  ["bench/a.ts", "../test/support/workspace.ts"],
  ["web/src/a.ts", "../../src/registry/versions.ts"],
];
const ALLOWED: readonly Import[] = [
  ["src/imaging/ok.ts", "../errors.ts"],
  ["src/quantize/ok.ts", "../graphs/graph.ts"],
  ["src/registry/ok.ts", "../models/manifest.ts"],
  ["src/http/ok.ts", "../resolvers/context.ts"],
  ["cli/commands/model/ok.ts", "../../../src/models/aliases.ts"],
  ["tools/ok.ts", "../cli/cli-error.ts"],
  ["bench/ok.ts", "../tools/npy.ts"],
  ["web/src/ok.ts", "../../src/answers/hedge.ts"],
];
const OTHERS: Readonly<Record<string, string>> = {
  "src/models/one.ts": 'import { two } from "./two.ts";\nexport const one = () => two;\n',
  "src/models/two.ts": 'import { one } from "./one.ts";\nexport const two = () => one;\n',
  "src/labels/cast.ts": "export const x = 1 as unknown as string;\n",
  "src/labels/explained.ts":
    "// biome-ignore lint/plugin: for the test\nexport const x = 1 as unknown as string;\n",
};

let folder: string;
/** Rules that each file breaks. */
const broken = new Map<string, string[]>();

/** Lints the files with this project's rules, in a separate folder. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-wall-"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await cp(join(ROOT, "tools/lint"), join(folder, "tools/lint"), { recursive: true });
  const { vcs: _, ...config } = JSON.parse(await readFile(join(ROOT, "biome.json"), "utf8"));
  await writeFile(join(folder, "biome.json"), JSON.stringify(config));
  const imports = [...REFUSED, ...ALLOWED].map(([path, specifier]): [string, string] => [
    path,
    `import * as x from "${specifier}";\nexport const y = x;\n`,
  ]);
  for (const [path, code] of [...imports, ...Object.entries(OTHERS)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), code);
  }
  const args = ["lint", "--reporter=github", "--max-diagnostics=none", "src", "cli", "tools"];
  const { stdout } = await run(join(BIN, "biome"), [...args, "bench", "web"], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error);
  for (const [, rule = "", path = ""] of stdout.matchAll(/::\w+ title=([^,]+),file=([^,]+),/g)) {
    const file = relative(folder, path);
    broken.set(file, [...(broken.get(file) ?? []), rule]);
  }
});

afterAll(() => rm(folder, { recursive: true }));

describe("the lint rules", () => {
  it.each(REFUSED)("refuse that %s imports %s", (path) => {
    expect(broken.get(path)).toContain("lint/style/noRestrictedImports");
  });

  it.each(ALLOWED)("let %s import %s", (path) => {
    expect(broken.get(path) ?? []).not.toContain("lint/style/noRestrictedImports");
  });

  it("find two files that import each other", () => {
    expect(broken.get("src/models/one.ts")).toContain("lint/suspicious/noImportCycles");
  });

  it("refuse a double cast that nothing explains", () => {
    expect(broken.get("src/labels/cast.ts")).toContain("plugin");
    expect(broken.has("src/labels/explained.ts")).toBe(false);
  });
});

describe("tsconfig.core.json", () => {
  it.each([
    ["Node", "export const x = process.env.HOME;"],
    ["Cloudflare", "export type X = R2Bucket;"],
    ["the DOM", "export const x = document.title;"],
  ])("does not compile core code that uses %s", async (_platform, code) => {
    await writeFile(join(folder, "core.ts"), code);
    const config = { extends: join(ROOT, "tsconfig.core.json"), include: ["core.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = await run(join(BIN, "tsc"), ["-p", folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toMatch(/core\.ts.*Cannot find name/);
  });

  it("covers every folder of src but the Worker's", async () => {
    const args = ["-p", "tsconfig.core.json", "--listFilesOnly"];
    const { stdout } = await run(join(BIN, "tsc"), args, { cwd: ROOT });
    const entries = await readdir(join(ROOT, "src"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const uncovered = folders.filter((name) => !stdout.includes(`/src/${name}/`)).sort();
    expect(uncovered).toEqual([
      ...["classification", "http", "registry", "resolvers", "schema", "sources", "worker-engines"],
    ]);
  });
});
