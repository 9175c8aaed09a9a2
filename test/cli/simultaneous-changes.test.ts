/** Changes of aliases at the same time: on real R2, directly and through the S3 API. */
import { expect, it } from "vitest";
import { promote } from "../../cli/commands/model/promote.ts";
import { remove } from "../../cli/commands/model/remove.ts";
import { changeAliases, readAliases } from "../../cli/registry/change-aliases.ts";
import * as edit from "../../cli/registry/edit-aliases.ts";
import { describeBuckets } from "./support/describe-buckets.ts";
import { runCli } from "./support/run-cli.ts";

describeBuckets((stage) => {
  const { run, refuse, pointsTo, publishTiny } = stage;
  const tiny = (version: string) => ({ id: "tiny", version });

  it("lets one of two simultaneous changes win, and tells the other who was faster", async () => {
    await publishTiny("1.0.0", "1.1.0", "1.2.0");
    await run(promote, "default", "tiny@1.0.0");
    // Both have read before either writes.
    let arrived = 0;
    let go = () => {};
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const change = (version: string, by: string) =>
      changeAliases(stage.store, async (aliases) => {
        if (++arrived === 2) go();
        await both;
        const author = { by, at: new Date().toISOString() };
        return edit.promote(aliases, "default", tiny(version), author);
      });
    const outcomes = await Promise.allSettled([change("1.1.0", "ann"), change("1.2.0", "bob")]);
    const won = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [winner, version] = won === 0 ? ["ann", "1.1.0"] : ["bob", "1.2.0"];
    const lost = outcomes[1 - won] as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({
      code: "CONFLICT",
      why: expect.stringContaining(`by ${winner} (promote default`),
    });
    expect(await pointsTo("default")).toEqual({ model: "tiny", version });
    expect((await readAliases(stage.store)).history).toHaveLength(2);
  });

  it("records every successful change of separate processes in the history", async () => {
    await publishTiny("1.0.0", "1.1.0");
    const outcomes = await Promise.all(
      ["tiny@1.0.0", "tiny@1.1.0"].map((version) =>
        runCli(["model", "promote", "default", version, ...stage.options, "--json"]),
      ),
    );
    const succeeded = outcomes.filter(({ code }) => code === 0).length;
    expect(succeeded).toBeGreaterThan(0);
    expect((await readAliases(stage.store)).history).toHaveLength(succeeded);
    for (const { code, stdout } of outcomes) {
      if (code !== 0) expect(JSON.parse(stdout).error.code).toBe("CONFLICT");
    }
  });

  it("refuses to promote a version that is being removed", async () => {
    await publishTiny("1.0.0", "1.1.0");
    await run(promote, "other", "tiny@1.1.0");
    await expect(
      changeAliases(stage.store, async (aliases) => {
        const author = { by: "ann", at: new Date().toISOString() };
        const promoted = edit.promote(aliases, "default", tiny("1.0.0"), author);
        await run(remove, "tiny@1.0.0");
        return promoted;
      }),
    ).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await refuse(promote, "default", "tiny@1.0.0")).code).toBe("VERSION_REMOVED");
  });
});
