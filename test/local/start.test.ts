import { execFile } from "node:child_process";
import { createServer } from "node:net";
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
