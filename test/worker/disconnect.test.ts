/** Callers that disconnect. Locally, workerd tells a Worker only through the signal of a request. */
import { beforeAll, describe, expect, it } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

beforeAll(seedBucket);

describe("a caller that disconnects", () => {
  it("while others are served is not classified, gives up its place, and is no error in the log", async () => {
    const app = makeApp({ LOG_REQUESTS: "true", RESULT_CACHE_SECONDS: "0", QUEUE_LENGTH: "6" });
    const body = await readRepoFile("examples/espresso.jpg");
    const send = (signal?: AbortSignal) =>
      app.fetch("/classify", { method: "POST", body, ...(signal ? { signal } : {}) });
    await send();
    const caller = new AbortController();
    const first = send();
    const gone = Array.from({ length: 6 }, () => send(caller.signal));
    await new Promise((resolve) => setTimeout(resolve, 20));
    caller.abort();
    const statuses = (await Promise.all(gone)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 499).length).toBeGreaterThanOrEqual(5);
    expect((await first).status).toBe(200);
    // There is room in the queue again.
    const later = await Promise.all(Array.from({ length: 7 }, () => send()));
    expect(later.map(({ status }) => status)).toEqual(later.map(() => 200));
    const aborted = app.log.filter(({ codes }) => String(codes) === "REQUEST_ABORTED");
    expect(aborted.length).toBeGreaterThanOrEqual(5);
    for (const line of aborted) expect(line).toMatchObject({ level: "info", classifications: [] });
    expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
