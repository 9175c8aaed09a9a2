/** Errors of a bucket at Cloudflare that cannot be used. */
import { describe, expect, it } from "vitest";
import type { CliErrorCode } from "../../cli/cli-error.ts";
import { useWorkspace } from "../support/workspace.ts";
import { useS3Server } from "./support/describe-buckets.ts";
import { refuse } from "./support/refuse.ts";
import { runCli } from "./support/run-cli.ts";

const s3 = useS3Server(useWorkspace());

describe("a bucket at Cloudflare", () => {
  it.each<
    [what: string, args: () => readonly string[], env: Record<string, string>, code: CliErrorCode]
  >([
    ["the keys are not set", () => ["--remote"], { R2_ACCESS_KEY_ID: "" }, "CREDENTIALS_MISSING"],
    [
      "the key is unknown",
      () => ["--remote", "--endpoint", s3().endpoint, "--bucket", s3().bucket],
      { R2_ACCESS_KEY_ID: "other" },
      "BUCKET_MISCONFIGURED",
    ],
    [
      "the bucket does not exist",
      () => ["--remote", "--endpoint", s3().endpoint, "--bucket", "nonesuch"],
      {},
      "BUCKET_MISCONFIGURED",
    ],
    [
      "nothing listens",
      () => ["--remote", "--endpoint", "http://127.0.0.1:9"],
      {},
      "BUCKET_UNREACHABLE",
    ],
  ])("cannot be used, and has a code for it, if %s", async (_, args, env, expected) => {
    const { code, stdout } = await runCli(["model", "list", ...args(), "--json"], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe(expected);
  });

  it("that does not exist is named in the message, with what to do", async () => {
    const args = ["--remote", "--endpoint", s3().endpoint, "--bucket", "nonesuch"];
    const { stderr } = await runCli(["model", "list", ...args]);
    expect(stderr).toMatch(/^error: .*nonesuch.*\ncause: NoSuchBucket.*\nfix: {3}.*--bucket/);
  });

  it.each([
    ["--endpoint", "https://example.com"],
    ["--bucket", "models"],
  ])("is refused without --remote: %s %s", async (...args) => {
    expect(await refuse(["model", "list", ...args])).toMatchObject({ status: 2, code: "USAGE" });
  });

  it("is refused if the endpoint is not a URL", async () => {
    const refusal = await refuse(["model", "list", "--remote", "--endpoint", "example.com"]);
    expect(refusal).toMatchObject({ status: 2, code: "OPTION_INVALID" });
  });
});
