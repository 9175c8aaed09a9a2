/** What is said where a bucket at Cloudflare cannot be reached. */
import { describe, expect, it } from "vitest";
import { useWorkspace } from "../support/workspace.ts";
import { useS3Server } from "./support/describe-buckets.ts";
import { runCli } from "./support/run-cli.ts";

const s3 = useS3Server(useWorkspace());

describe("a bucket at Cloudflare", () => {
  it.each<
    [what: string, args: () => readonly string[], env: Record<string, string>, reason: RegExp]
  >([
    ["no keys", () => ["--remote"], { R2_ACCESS_KEY_ID: "" }, /must all be set/],
    [
      "a wrong key",
      () => ["--remote", "--endpoint", s3().endpoint, "--bucket", s3().bucket],
      { R2_ACCESS_KEY_ID: "other" },
      /InvalidAccessKeyId[\s\S]*R2 API token/,
    ],
    [
      "a bucket that is not there",
      () => ["--remote", "--endpoint", s3().endpoint, "--bucket", "nonesuch"],
      {},
      /NoSuchBucket[\s\S]*r2 bucket create/,
    ],
    ["no host", () => ["--remote", "--endpoint", "http://127.0.0.1:9"], {}, /ECONNREFUSED/],
    ["an endpoint without --remote", () => ["--endpoint", s3().endpoint], {}, /goes with --remote/],
  ])("says what is wrong: %s", async (_, args, env, reason) => {
    const { code, stderr } = await runCli(["model", "list", ...args()], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^error: .*\ncause: .*\nfix: {3}.*/);
  });
});
