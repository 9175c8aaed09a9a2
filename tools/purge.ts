/** `npm run purge -- id@version [--remote]`: forgets the remembered results of a model version. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { PURGES_KEY, purgesSchema } from "../src/registry/purge-counts.ts";

const USAGE = `Usage: npm run purge -- ID@VERSION [--remote]

Every result that was remembered for the model version is classified anew when it is asked for again.
Isolates notice within ALIASES_TTL_SECONDS. Without --remote the local bucket is meant.`;

const run = promisify(execFile);
const { values, positionals } = parseArgs({
  options: { remote: { type: "boolean", default: false }, bucket: { type: "string" } },
  allowPositionals: true,
});
const [name, ...rest] = positionals;
if (name === undefined || rest.length > 0 || !/^[a-z0-9.-]+@\d+\.\d+\.\d+/.test(name)) {
  console.error(USAGE);
  process.exit(2);
}
const path = `${values.bucket ?? "resnet-edge-models"}/${PURGES_KEY}`;
const where = values.remote ? "--remote" : "--local";
const folder = await mkdtemp(join(tmpdir(), "resnet-edge-"));
const file = join(folder, PURGES_KEY);
try {
  const purges = purgesSchema.parse(JSON.parse(await download()));
  const count = (purges[name] ?? 0) + 1;
  await writeFile(file, JSON.stringify({ ...purges, [name]: count }));
  await wrangler("put", path, "--file", file, where);
  console.log(`Purged the results of ${name} (${count} times so far).`);
} finally {
  await rm(folder, { recursive: true });
}

/** The counts so far; none where there never was a purge. */
async function download(): Promise<string> {
  try {
    await wrangler("get", path, "--file", file, where);
  } catch (error) {
    const output = String((error as { stderr?: unknown }).stderr ?? error);
    if (/does not exist/.test(output)) return "{}";
    console.error(`Cannot read ${path}: ${output.trim()}`);
    process.exit(1);
  }
  return readFile(file, "utf8");
}

function wrangler(...args: string[]) {
  // Whether there is no object is told by nothing but its words.
  const env = { ...process.env, WRANGLER_LOG: "error" };
  return run("npx", ["wrangler", "r2", "object", ...args], { env });
}
