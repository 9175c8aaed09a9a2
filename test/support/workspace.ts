/**
 * A folder with a wrangler.toml of its own, and so with a local bucket of its own: files of tests run side by
 * side, and processes that share a bucket lock each other out.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Paths of the folder and of its wrangler.toml. */
export type Workspace = { readonly folder: string; readonly config: string };

/** Makes one for the tests of a file, and gives it once they run. */
export function useWorkspace(): () => Workspace {
  let workspace: Workspace;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "resnet-edge-test-"));
    const config = join(folder, "wrangler.toml");
    const toml = await readFile(join(ROOT, "wrangler.toml"), "utf8");
    await writeFile(
      config,
      toml.replace('main = "', `main = "${ROOT}`).replace('directory = "', `directory = "${ROOT}`),
    );
    workspace = { folder, config };
  });
  afterAll(() => rm(workspace.folder, { recursive: true, force: true }));
  return () => workspace;
}
