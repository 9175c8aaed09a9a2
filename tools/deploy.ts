/** `npm run deploy`: builds the page and the Worker, and deploys them with wrangler. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ENGINE_NAMES, ENGINES, type EngineName } from "../src/inference/engines/engine.ts";
import { buildPage } from "./build-page.ts";
import {
  compressedBytes,
  entryPointOf,
  MAX_COMPRESSED_BYTES,
  readBundle,
  WRANGLER,
} from "./worker-bundle.ts";

const USAGE = `Usage: npm run deploy -- [--engine ${ENGINE_NAMES.join("|")}] [OPTIONS OF WRANGLER DEPLOY]

  --engine NAME  deploy a Worker with this engine alone, and set ENGINE to it (default: every engine)
  --dry-run      build everything, but upload nothing

Everything else is passed on to "wrangler deploy".`;

const ROOT = new URL("..", import.meta.url).pathname;
const OUTDIR = join(ROOT, "dist/worker");

const { engine, rest } = readOptions(process.argv.slice(2));
const entryPoint = entryPointOf(engine);
await buildPage();
// It would still have the modules of earlier builds.
await rm(OUTDIR, { recursive: true, force: true });
const args = [WRANGLER, "deploy", entryPoint, "--outdir", OUTDIR];
if (engine) args.push("--var", `ENGINE:${engine}`);
const wrangler = spawn(process.execPath, [...args, ...rest], { cwd: ROOT, stdio: "inherit" });
const [status] = await once(wrangler, "exit");
if (status !== 0) process.exit(status ?? 1);

const bytes = compressedBytes(await readBundle(OUTDIR, entryPoint));
const engines = engine
  ? ENGINES[engine].title
  : ENGINE_NAMES.map((n) => ENGINES[n].title).join(" and ");
const [size, limit] = [bytes, MAX_COMPRESSED_BYTES].map((n) => (n / 1e6).toFixed(2));
console.log(
  `\nThe Worker with ${engines} has ${size} MB compressed. Cloudflare accepts ${limit} MB.`,
);
if (bytes > MAX_COMPRESSED_BYTES) {
  fail(1, "The Worker is too large. Deploy it with one engine: npm run deploy -- --engine litert.");
}

function readOptions(argv: readonly string[]): {
  engine: EngineName | undefined;
  rest: readonly string[];
} {
  if (argv.includes("--help") || argv.includes("-h")) fail(0, USAGE);
  const at = argv.findIndex((arg) => arg === "--engine" || arg.startsWith("--engine="));
  if (at < 0) return { engine: undefined, rest: argv };
  const [, inline] = (argv[at] ?? "").split("=");
  const text = inline ?? argv[at + 1];
  const engine = ENGINE_NAMES.find((name) => name === text);
  const names = ENGINE_NAMES.join(" or ");
  if (!engine) {
    fail(
      2,
      `--engine is ${text === undefined ? "given without a name" : `"${text}"`}, but must be ${names}. Leave it out to deploy every engine.`,
    );
  }
  return { engine, rest: argv.toSpliced(at, inline === undefined ? 2 : 1) };
}

function fail(status: number, message: string): never {
  (status === 0 ? console.log : console.error)(message);
  process.exit(status);
}
