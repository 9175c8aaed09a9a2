/** The Worker as `wrangler deploy` uploads it: its modules, and their size. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { EngineName } from "../src/inference/engines/engine.ts";

const ROOT = new URL("..", import.meta.url).pathname;
export const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/**
 * The largest Worker that Cloudflare accepts, in bytes after gzip.
 *
 * Source: https://developers.cloudflare.com/workers/platform/limits/#worker-size
 */
export const MAX_COMPRESSED_BYTES = 10_000_000;

/** Module types, by the end of a file's name. */
const MODULE_TYPES: Readonly<Record<string, "esm" | "wasm" | "text">> = {
  js: "esm",
  wasm: "wasm",
  tsv: "text",
};

export type WorkerModule =
  | { readonly type: "wasm"; readonly contents: Uint8Array<ArrayBuffer> }
  | { readonly type: "esm" | "text"; readonly contents: string };

export type WorkerBundle = {
  readonly mainModule: string;
  /** By name. */
  readonly modules: Readonly<Record<string, WorkerModule>>;
};

/** Returns the path of the entry point of the Worker with one engine, or with all if none is given. */
export function entryPointOf(engine: EngineName | undefined): string {
  return `src/worker${engine === undefined ? "" : `-${engine}`}.ts`;
}

/**
 * Builds the Worker. The page must have been built.
 *
 * @param entryPoint - path of the main module
 */
export async function buildWorker(entryPoint = entryPointOf(undefined)): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-bundle-"));
  try {
    const args = [WRANGLER, "deploy", entryPoint, "--dry-run", "--outdir", folder];
    const env = { ...process.env, WRANGLER_LOG: "error", WRANGLER_SEND_METRICS: "false" };
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    return await readBundle(folder, entryPoint);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads what wrangler has written to its `--outdir`. */
export async function readBundle(folder: string, entryPoint: string): Promise<WorkerBundle> {
  const modules = (await readdir(folder)).flatMap((name) => {
    const type = MODULE_TYPES[name.split(".").at(-1) ?? ""];
    return type ? [{ name, type }] : [];
  });
  const entries = modules.map(async ({ name, type }): Promise<[string, WorkerModule]> => {
    const bytes = await readFile(join(folder, name));
    return type === "wasm"
      ? [name, { type, contents: bytes }]
      : [name, { type, contents: bytes.toString("utf8") }];
  });
  const mainModule = `${basename(entryPoint, ".ts")}.js`;
  return { mainModule, modules: Object.fromEntries(await Promise.all(entries)) };
}

/** Returns the size after gzip, in bytes. */
export function compressedBytes({ modules }: WorkerBundle): number {
  const contents = Object.values(modules).map((module) => Buffer.from(module.contents as string));
  return gzipSync(Buffer.concat(contents)).length;
}
