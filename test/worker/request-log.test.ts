/** What is recorded about a request. */
import { beforeAll, describe, expect, it } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Allows two requests per minute. */
      readonly STRICT_RATE_LIMITER: RateLimit;
    }
  }
}

const CLASSIFY =
  "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";

let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
});

describe("the record of a request", () => {
  it("is one line of JSON without the image, the key or the address", async () => {
    const app = makeApp({ LOG_REQUESTS: "true", RESULT_CACHE_SECONDS: "0" });
    const headers = { "cf-connecting-ip": "203.0.113.7", "cf-ray": "ray-1" };
    const response = await app.upload(CLASSIFY, photo, { headers });
    expect(response.headers.get("x-request-id")).toBe("ray-1");
    expect(app.log).toHaveLength(1);
    expect(app.log[0]).toMatchObject({
      level: "info",
      id: "ray-1",
      method: "POST",
      path: "/graphql",
      status: 200,
      classifications: [{ model: "efficientnet-lite0@1.1.0", format: "JPEG", cached: false }],
    });
    expect(JSON.stringify(app.log)).not.toContain("203.0.113.7");
  });

  it("has the error codes of failures during and before GraphQL execution", async () => {
    const app = makeApp({ LOG_REQUESTS: "true" });
    await app.query('{ classify(image: { base64: "AAAA" }) { cached } }');
    await app.query("{ nonsense }");
    await app.fetch("/classify", { method: "POST" });
    await app.fetch("/nowhere/at/all");
    expect(app.log.map(({ path, status, codes }) => [path, status, codes])).toEqual([
      ["/graphql", 415, ["IMAGE_UNSUPPORTED"]],
      ["/graphql", 200, ["GRAPHQL_VALIDATION_FAILED"]],
      ["/classify", 400, ["IMAGE_EMPTY"]],
      ["other", 404, ["NOT_FOUND"]],
    ]);
  });

  it("is also a data point if a dataset is bound", async () => {
    const points: unknown[] = [];
    const ANALYTICS = { writeDataPoint: (point?: unknown) => void points.push(point) };
    await makeApp({ RESULT_CACHE_SECONDS: "0" }, { ANALYTICS }).upload(CLASSIFY, photo);
    expect(points).toEqual([
      {
        indexes: ["efficientnet-lite0@1.1.0"],
        blobs: ["/graphql", "", "efficientnet-lite0@1.1.0", "JPEG", "", "", "litert"],
        doubles: [200, expect.any(Number), 1, 0, 0],
      },
    ]);
  });

  it("is counted in /metrics in the text format of Prometheus", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    await app.upload(CLASSIFY, photo);
    await app.upload(CLASSIFY, new Uint8Array([1, 2, 3]));
    const response = await app.fetch("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4");
    const lines = (await response.text()).split("\n");
    expect(lines).toContain('resnet_edge_requests_total{path="/graphql",status="200"} 1');
    expect(lines).toContain('resnet_edge_requests_total{path="/graphql",status="415"} 1');
    expect(lines).toContain('resnet_edge_errors_total{code="IMAGE_UNSUPPORTED"} 1');
    expect(lines).toContain(
      'resnet_edge_passes_total{model="efficientnet-lite0@1.1.0",engine="litert",cached="false"} 1',
    );
    expect(lines).toContain('resnet_edge_stage_seconds_bucket{stage="inference",le="+Inf"} 1');
    expect(lines).toContain("resnet_edge_queue_length 0");
  });
});
