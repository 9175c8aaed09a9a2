import { readFile } from "node:fs/promises";
import { CliError } from "../cli-error.ts";

/** @throws CliError FILE_UNREADABLE */
export async function readFileOrFail(
  path: string,
  fix = "Give the path of a file.",
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", {
      what: `${path} cannot be read.`,
      why: `${(cause as Error).message}.`,
      fix,
      cause,
    });
  }
}

/** @throws CliError FILE_UNREADABLE */
export async function readTextOrFail(path: string, fix?: string): Promise<string> {
  return new TextDecoder().decode(await readFileOrFail(path, fix));
}
