/** Training steps with WebGPU. SwiftShader, which comes with Chromium, stands for a GPU. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const SCRIPT = new URL("support/learn-on-device.ts", import.meta.url).pathname;
/** Has the loader of Vulkan and the driver. */
const CHROMIUM = "/usr/lib/chromium";
/** The manifest of the driver. */
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;
const hasDriver = process.platform === "linux" && existsSync(DRIVER);

/** @returns the losses of some steps */
async function learn(device: "cpu" | "webgpu"): Promise<number[]> {
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: CHROMIUM,
    VK_ICD_FILENAMES: DRIVER,
    VK_DRIVER_FILES: DRIVER,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, device], { env });
  return JSON.parse(stdout);
}

describe(`WebGPU${hasDriver ? "" : " (skipped: no SwiftShader; apt-get install chromium)"}`, () => {
  it.skipIf(!hasDriver)("gives the losses of the CPU to four decimals", async () => {
    const [expected, found] = [await learn("cpu"), await learn("webgpu")];
    expect(expected).toHaveLength(5);
    expect(expected[4]).toBeLessThan((expected[0] as number) - 0.05);
    for (const [i, loss] of expected.entries()) expect(found[i]).toBeCloseTo(loss, 4);
  });
});
