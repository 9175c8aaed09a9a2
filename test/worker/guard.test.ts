/** Keys, rates, origins, load; and what is written down of a request. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Lets two through each minute. */
      readonly STRICT_RATE_LIMITER: RateLimit;
    }
  }
}

const PING = "{ __typename }";
const CLASSIFY =
  "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";

let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
});

describe("an API key", () => {
  // Nobody's key: no text is known that has this digest.
  const API_KEYS = JSON.stringify({ alice: "0".repeat(64) });

  it("lets in, by whichever of several", async () => {
    const app = makeApp({
      API_KEYS: await keysFor({ a: "key-a", b: "key-b" }),
      REQUIRE_API_KEY: "true",
      LOG_REQUESTS: "true",
    });
    for (const key of ["key-a", "key-b"]) {
      const { status } = await app.query(PING, {}, { authorization: `Bearer ${key}` });
      expect(status).toBe(200);
    }
    expect(app.log.map(({ apiKey }) => apiKey)).toEqual(["a", "b"]);
  });

  it.each([
    ["none", {}],
    ["a wrong one", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: "Basic a2V5LWE=" }],
    ["an empty one", { authorization: "Bearer " }],
  ])("is asked for where there is %s", async (_name, headers) => {
    const app = makeApp({ API_KEYS, REQUIRE_API_KEY: "true" });
    const { status, headers: answered, errors } = await app.query(PING, {}, headers);
    expect(status).toBe(401);
    expect(answered.get("www-authenticate")).toBe("Bearer");
    expect(errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect((await app.fetch("/classify", { method: "POST", body: photo, headers })).status).toBe(
      401,
    );
  });

  it("that is wrong is refused though none is needed", async () => {
    const { status } = await makeApp({ API_KEYS }).query(PING, {}, { authorization: "Bearer x" });
    expect(status).toBe(401);
  });

  it("is not needed for health", async () => {
    const app = makeApp({ REQUIRE_API_KEY: "true" });
    expect((await app.fetch("/v2/health/live")).status).toBe(200);
  });

  it.each(["{", "[]", '{"a":"short"}', '{"a b":"x"}'])("setting %s is refused", (API_KEYS) => {
    expect(() => makeApp({ API_KEYS })).toThrow(/API_KEYS/);
  });
});

describe("a rate limiter", () => {
  const strict = env.STRICT_RATE_LIMITER;

  it("answers 429 with Retry-After, by address for callers without a key", async () => {
    const app = makeApp({}, { IP_RATE_LIMITER: strict });
    const ask = (address: string) => app.query(PING, {}, { "cf-connecting-ip": address });
    expect((await ask("203.0.113.7")).status).toBe(200);
    expect((await ask("203.0.113.7")).status).toBe(200);
    const { status, headers, errors } = await ask("203.0.113.7");
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(errors[0]?.extensions.code).toBe("RATE_LIMITED");
    expect((await ask("203.0.113.8")).status).toBe(200);
  });

  it("counts each key apart, whatever the address", async () => {
    const API_KEYS = await keysFor({ carol: "key-c", dave: "key-d" });
    const app = makeApp({ API_KEYS }, { KEY_RATE_LIMITER: strict });
    const ask = (key: string) => app.query(PING, {}, { authorization: `Bearer ${key}` });
    for (const status of [200, 200, 429]) expect((await ask("key-c")).status).toBe(status);
    expect((await ask("key-d")).status).toBe(200);
    const open = await app.fetch("/v2/health/live");
    expect(open.status).toBe(200);
  });
});

describe("a rate limiter that does not work", () => {
  it("refuses nobody, and is logged", async () => {
    const limit = () => Promise.reject(new Error("database is locked"));
    const app = makeApp({}, { IP_RATE_LIMITER: { limit } as unknown as RateLimit });
    const { status, data } = await app.query(PING);
    expect(status).toBe(200);
    expect(data).toEqual({ __typename: "Query" });
    expect(app.log).toContainEqual({
      level: "warn",
      event: "rate-limiter-failed",
      reason: "database is locked",
    });
  });
});

describe("CORS", () => {
  const ORIGIN = "https://shop.example.com";
  const get = (app: ReturnType<typeof makeApp>, origin = ORIGIN) => app.query(PING, {}, { origin });

  it("allows every origin where none is listed", async () => {
    expect((await get(makeApp())).headers.get("access-control-allow-origin")).toBe("*");
  });

  it("allows the listed ones only", async () => {
    const app = makeApp({ CORS_ORIGINS: `${ORIGIN}, https://b.example` });
    const { headers } = await get(app);
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("vary")).toContain("Origin");
    const other = await get(app, "https://evil.example");
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers preflights and lets pages read the code of an error", async () => {
    const app = makeApp({ CORS_ORIGINS: ORIGIN, REQUIRE_API_KEY: "true" });
    const preflight = await app.fetch("/graphql", {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe(
      "authorization,content-type",
    );
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    const refused = await get(app);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  });
});

describe("a full line", () => {
  it("answers 503 OVERLOADED at once, and the accepted rightly", async () => {
    const app = makeApp({ QUEUE_LENGTH: "3", RESULT_CACHE_SECONDS: "0" });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => app.upload(CLASSIFY, photo)),
    );
    const accepted = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 503);
    expect(accepted).toHaveLength(4);
    expect(refused).toHaveLength(8);
    for (const { data } of accepted) expect(data.classify.answer.synset).toBe("n07920052");
    for (const { headers, errors } of refused) {
      expect(errors[0]?.extensions.code).toBe("OVERLOADED");
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await app.upload(CLASSIFY, photo)).status).toBe(200);
  });

  it("of bodies is refused before they are read", async () => {
    const app = makeApp({ MAX_IMAGE_BYTES: "20000000", LOG_REQUESTS: "true" });
    const body = new Uint8Array(15_000_000);
    const statuses = await Promise.all(
      Array.from(
        { length: 4 },
        async () => (await app.fetch("/classify", { method: "POST", body })).status,
      ),
    );
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(1);
    expect(statuses.filter((status) => status === 415).length).toBeGreaterThanOrEqual(1);
    expect((await app.fetch("/classify", { method: "POST", body })).status).toBe(415);
  });
});

describe("what is written down", () => {
  it("is one line of JSON for a request, without the image, the key or the address", async () => {
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
      classifications: [{ model: "efficientnet-lite0@1.0.0", format: "JPEG", cached: false }],
    });
    expect(JSON.stringify(app.log)).not.toContain("203.0.113.7");
  });

  it("names the codes of what failed, in GraphQL and before it", async () => {
    const app = makeApp({ LOG_REQUESTS: "true" });
    await app.query('{ classify(image: { base64: "AAAA" }) { cached } }');
    await app.query("{ nonsense }");
    await app.fetch("/classify", { method: "POST" });
    await app.fetch("/nowhere/at/all");
    expect(app.log.map(({ path, status, codes }) => [path, status, codes])).toEqual([
      ["/graphql", 415, ["IMAGE_UNSUPPORTED"]],
      ["/graphql", 200, ["GRAPHQL_VALIDATION_FAILED"]],
      ["/classify", 400, ["IMAGE_EMPTY"]],
      ["other", 404, undefined],
    ]);
  });

  it("is a data point where a dataset is bound", async () => {
    const points: unknown[] = [];
    const ANALYTICS = { writeDataPoint: (point?: unknown) => void points.push(point) };
    await makeApp({ RESULT_CACHE_SECONDS: "0" }, { ANALYTICS }).upload(CLASSIFY, photo);
    expect(points).toEqual([
      {
        indexes: ["efficientnet-lite0@1.0.0"],
        blobs: ["/graphql", "", "efficientnet-lite0@1.0.0", "JPEG", "", ""],
        doubles: [200, expect.any(Number), 1, 0, 0],
      },
    ]);
  });

  it("is counted in /metrics, in Prometheus' text format", async () => {
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
      'resnet_edge_passes_total{model="efficientnet-lite0@1.0.0",cached="false"} 1',
    );
    expect(lines).toContain('resnet_edge_stage_seconds_bucket{stage="inference",le="+Inf"} 1');
    expect(lines).toContain("resnet_edge_queue_length 0");
  });
});

/** The setting API_KEYS for keys by name. */
async function keysFor(names: Record<string, string>): Promise<string> {
  const digests: Record<string, string> = {};
  for (const [name, key] of Object.entries(names)) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
    digests[name] = [...new Uint8Array(digest)]
      .map((b) => b.toString(16).padStart(2, "0"))
      .join("");
  }
  return JSON.stringify(digests);
}
