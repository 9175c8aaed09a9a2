import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLocalBucket } from "../../cli/buckets/local-bucket.ts";
import { useWorkspace } from "../support/workspace.ts";

describe("openLocalBucket", () => {
  const workspace = useWorkspace();

  it("keeps the objects of the bucket that wrangler.toml names in wrangler's folder", async () => {
    const { config } = workspace();
    const first = await openLocalBucket(config);
    await first.bucket.put("hello", "world");
    await first.close();
    const again = await openLocalBucket(config, join(config, "../.wrangler/state/v3"));
    expect(await (await again.bucket.get("hello"))?.text()).toBe("world");
    await again.close();
  });

  it("fails with BUCKET_MISCONFIGURED if wrangler.toml does not bind MODELS", async () => {
    const path = join(workspace().config, "../unbound.toml");
    await writeFile(path, 'name = "x"\ncompatibility_date = "2026-10-01"\n');
    await expect(openLocalBucket(path)).rejects.toMatchObject({ code: "BUCKET_MISCONFIGURED" });
  });
});
