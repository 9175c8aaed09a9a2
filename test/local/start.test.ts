import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);

it("npm start exits with 1 and suggests another port if its port is in use", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const started = run(process.execPath, ["tools/start.ts"], {
    cwd: new URL("../../", import.meta.url),
    env: { ...process.env, PORT: String(port) },
  });
  await expect(started).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`PORT=${port + 1}`),
  });
});

it.each(["abc", "0", "70000", "8.5"])(
  "npm start refuses PORT=%s, and says what it takes",
  async (port) => {
    const started = run(process.execPath, ["tools/start.ts"], {
      cwd: new URL("../../", import.meta.url),
      env: { ...process.env, PORT: port },
    });
    await expect(started).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/whole number from 1 to 65535/),
    });
  },
);

it("npm start says what it does, where the page is, and which requests come", async () => {
  const folder = await copyRepository();
  const port = await findFreePort();
  const npmStart = spawn(process.execPath, ["tools/start.ts"], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), NO_COLOR: "1" },
  });
  onTestFinished(async () => {
    await stop(npmStart);
    await rm(folder, { recursive: true, force: true });
  });
  const printed = gather(npmStart);
  await expect.poll(printed, { timeout: 240_000, interval: 200 }).toMatch(/Stop: +Ctrl\+C/);
  const url = `http://localhost:${port}`;
  const steps = [
    "Building the page …",
    "Filling the local bucket with the models …",
    "Local R2: wrote 9 objects of the embedded models",
    "Starting the Worker …",
    `The page:  ${url}/`,
    `GraphiQL:  ${url}/graphql`,
    "Classify:  curl ",
  ];
  const places = steps.map((step) => printed().indexOf(step));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThanOrEqual(0);

  const html = await (await fetch(url)).text();
  expect(html).toContain("<title>resnet-edge");
  // The command that it prints can be pasted, and so can those of the README.
  const [, command = ""] = /^Classify: +(.*)$/m.exec(printed()) ?? [];
  const paste = async (text: string) =>
    JSON.parse((await run("sh", ["-c", text], { cwd: folder })).stdout);
  expect((await paste(command)).data.classify.answer.label).toBe("domestic cat");
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const [rest = "", graphql = ""] = readme
    .split("\n")
    .filter((line) => line.startsWith("curl "))
    .map((line) => line.replace("http://localhost:8787", url));
  const answer = await paste(rest);
  // The README shows a part of each object.
  for (const [, id, label] of readme.matchAll(/"id": "(n\d+)", "label": "([^"]+)"/g)) {
    expect([answer.answer, ...answer.predictions]).toContainEqual(
      expect.objectContaining({ id, label }),
    );
  }
  const { predictions } = (await paste(graphql)).data.classify;
  expect(predictions.slice(0, 3).map(({ id }: { id: string }) => id)).toEqual(
    answer.predictions.map(({ id }: { id: string }) => id),
  );
  // Of each request, the Worker writes a line, which model compare counts, and wrangler one for people.
  const linesOf = (pattern: RegExp) =>
    printed()
      .split("\n")
      .filter((line) => pattern.test(line));
  await expect.poll(() => linesOf(/POST \/classify 200 OK/), { timeout: 60_000 }).toHaveLength(1);
  expect(linesOf(/^\{.*"path":"\/classify"/).map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ event: "request", method: "POST", status: 200 }),
  ]);
  expect(printed()).not.toMatch(/error|warn/i);
});

/** A copy of what `npm start` uses: it writes the page and the bucket, which other tests read meanwhile. */
async function copyRepository(): Promise<string> {
  const root = new URL("../../", import.meta.url).pathname;
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-start-"));
  const parts = ["cli", "docs/photos", "examples", "models", "src", "tools", "web"];
  const files = ["package.json", "tsconfig.base.json", "tsconfig.json", "wrangler.toml"];
  for (const part of [...parts, ...files]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Everything that the process has printed so far. */
function gather({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) stream?.on("data", (part) => (text += part));
  return () => text;
}

/** Ends the process as Ctrl+C does. */
async function stop(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null) return;
  const exited = once(started, "exit");
  started.kill("SIGINT");
  await exited;
}
