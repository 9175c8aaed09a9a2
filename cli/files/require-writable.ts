import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writingFailed } from "./writing-failed.ts";

/**
 * Checks that files can be written into a folder, which need not exist yet, before long work starts.
 *
 * @throws CliError FILE_UNWRITABLE
 */
export async function requireWritable(folder: string): Promise<void> {
  let path = resolve(folder);
  try {
    for (;;) {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT" || path === dirname(path)) throw error;
      });
      if (found && !found.isDirectory()) {
        throw Object.assign(new Error(`${path} is a file`), { code: "ENOTDIR" });
      }
      if (found) return await access(path, constants.W_OK | constants.X_OK);
      path = dirname(path);
    }
  } catch (cause) {
    throw writingFailed(folder, cause);
  }
}
