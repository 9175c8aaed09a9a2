/**
 * A folder with its own wrangler.toml and so its own local bucket. Test files run in parallel, and processes
 * that share a bucket lock each other out.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The paths of the folder and of its wrangler.toml. */
export type Workspace = { readonly folder: string; readonly config: string };

/** Makes a workspace for the tests of a file. The returned function works inside tests only. */
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
