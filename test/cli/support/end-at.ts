import { spawn } from "node:child_process";

const CLI = new URL("../../../cli/resnet-edge.ts", import.meta.url).pathname;

/** Starts a command in a process, and ends it by a signal as soon as what it says of its progress matches. */
export function endAt(args: readonly string[], signal: NodeJS.Signals, progress: RegExp) {
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    let isSent = false;
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (isSent || !progress.test(stderr)) return;
      isSent = true;
      child.kill(signal);
    });
    child.on("close", (code) => resolve({ code, stderr }));
  });
}
