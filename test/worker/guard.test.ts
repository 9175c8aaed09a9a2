/** API keys, rate limits, CORS and overload. */
import { env } from "cloudflare:workers";
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

const PING = "{ __typename }";
const CLASSIFY =
  "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";

let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
});

describe("API keys", () => {
  // No key is known to have this digest.
  const API_KEYS = JSON.stringify({ alice: "0".repeat(64) });

  it("accepts each of several valid keys and logs its name", async () => {
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
    ["without a key", {}],
    ["with an unknown key", { authorization: "Bearer wrong" }],
    ["with another scheme", { authorization: "Basic a2V5LWE=" }],
    ["with an empty key", { authorization: "Bearer " }],
  ])("rejects a request %s with 401", async (_name, headers) => {
    const app = makeApp({ API_KEYS, REQUIRE_API_KEY: "true" });
    const { status, headers: answered, errors } = await app.query(PING, {}, headers);
    expect(status).toBe(401);
    expect(answered.get("www-authenticate")).toBe("Bearer");
    expect(errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect((await app.fetch("/classify", { method: "POST", body: photo, headers })).status).toBe(
      401,
    );
  });

  it("rejects an unknown key even if no key is required", async () => {
    const { status } = await makeApp({ API_KEYS }).query(PING, {}, { authorization: "Bearer x" });
    expect(status).toBe(401);
  });

  it("does not require a key for the health endpoints", async () => {
    const app = makeApp({ REQUIRE_API_KEY: "true" });
    expect((await app.fetch("/v2/health/live")).status).toBe(200);
  });

  it.each(["{", "[]", '{"a":"short"}', '{"a b":"x"}'])(
    "rejects the setting API_KEYS=%s with CONFIG_INVALID",
    (API_KEYS) => {
      expect(() => makeApp({ API_KEYS })).toThrow(
        expect.objectContaining({
          code: "CONFIG_INVALID",
          message: expect.stringContaining("API_KEYS"),
        }),
      );
    },
  );
});

describe("rate limits", () => {
  const strict = env.STRICT_RATE_LIMITER;

  it("apply per address to callers without a key: 429 with Retry-After", async () => {
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

  it("apply per API key, whatever the address", async () => {
    const API_KEYS = await keysFor({ carol: "key-c", dave: "key-d" });
    const app = makeApp({ API_KEYS }, { KEY_RATE_LIMITER: strict });
    const ask = (key: string) => app.query(PING, {}, { authorization: `Bearer ${key}` });
    for (const status of [200, 200, 429]) expect((await ask("key-c")).status).toBe(status);
    expect((await ask("key-d")).status).toBe(200);
    const open = await app.fetch("/v2/health/live");
    expect(open.status).toBe(200);
  });

  it("count the addresses of an IPv6 network of 64 bits as one", async () => {
    const { app, keys } = countingApp();
    for (const end of ["1", "2", "ffff:ffff:ffff:ffff"]) {
      await app.query(
        PING,
        {},
        { "cf-connecting-ip": `2001:db8:1:2:${end.includes(":") ? "" : ":"}${end}` },
      );
    }
    expect(new Set(keys)).toEqual(new Set(["2001:db8:1:2::/64"]));
  });

  it.each<[string, string, RequestInit]>([
    ["a wrong API key", "/classify", { method: "POST", headers: { authorization: "Bearer x" } }],
    ["a malformed API key", "/graphql", { headers: { authorization: "Basic x" } }],
    ["an unknown path", "/nonesuch", {}],
    [
      "an unknown path with a valid key",
      "/nonesuch",
      { headers: { authorization: "Bearer key-a" } },
    ],
    ["a method that is not allowed", "/classify", { method: "PUT" }],
    ["another one", "/v2/health/ready", { method: "DELETE" }],
  ])("count a request with %s against its address", async (_name, path, init) => {
    const { app, keys } = countingApp({ API_KEYS: await keysFor({ a: "key-a" }) });
    const headers = { ...(init.headers as object), "cf-connecting-ip": "203.0.113.7" };
    expect((await app.fetch(path, { ...init, headers })).status).toBeLessThan(429);
    expect(keys).toEqual(["203.0.113.7"]);
  });

  it("limit the number of API keys that an address can try", async () => {
    const app = makeApp({ API_KEYS: await keysFor({ a: "key-a" }) }, { IP_RATE_LIMITER: strict });
    const ask = (key: string) =>
      app.query(PING, {}, { authorization: `Bearer ${key}`, "cf-connecting-ip": "198.51.100.1" });
    for (const status of [401, 401, 429, 429]) {
      expect((await ask(crypto.randomUUID())).status).toBe(status);
    }
    expect((await ask("key-a")).status).toBe(200);
  });

  it("do not count health checks and preflight requests, which cost nothing", async () => {
    const { app, keys } = countingApp();
    await app.fetch("/v2/health/live");
    await app.fetch("/v2/health/ready", { method: "HEAD" });
    await app.fetch("/graphql", { method: "OPTIONS" });
    expect(keys).toEqual([]);
  });

  it("let requests pass if the limiter fails, and log the failure", async () => {
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

  it("allows every origin if CORS_ORIGINS is absent", async () => {
    expect((await get(makeApp())).headers.get("access-control-allow-origin")).toBe("*");
  });

  it("allows only the origins in CORS_ORIGINS", async () => {
    const app = makeApp({ CORS_ORIGINS: `${ORIGIN}, https://b.example` });
    const { headers } = await get(app);
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("vary")).toContain("Origin");
    const other = await get(app, "https://evil.example");
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers preflight requests and lets pages read errors", async () => {
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
    const rejected = await get(app);
    expect(rejected.status).toBe(401);
    expect(rejected.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  });
});

describe("overload", () => {
  it("rejects requests beyond QUEUE_LENGTH with 503 OVERLOADED and answers the others correctly", async () => {
    const app = makeApp({ QUEUE_LENGTH: "3", RESULT_CACHE_SECONDS: "0" });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => app.upload(CLASSIFY, photo)),
    );
    const accepted = answers.filter(({ status }) => status === 200);
    const rejected = answers.filter(({ status }) => status === 503);
    expect(accepted).toHaveLength(4);
    expect(rejected).toHaveLength(8);
    for (const { data } of accepted) expect(data.classify.answer.synset).toBe("n07920052");
    for (const { headers, errors } of rejected) {
      expect(errors[0]?.extensions.code).toBe("OVERLOADED");
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await app.upload(CLASSIFY, photo)).status).toBe(200);
  });

  it("rejects a body with 503 if its address already holds too much, and forgets those that end", async () => {
    const app = makeApp({ MAX_IMAGE_BYTES: "20000000", LOG_REQUESTS: "true" });
    const body = new Uint8Array(15_000_000);
    const stalled = Array.from({ length: 3 }, () => {
      let end = () => {};
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(body.subarray(1));
          end = () => {
            controller.enqueue(body.subarray(0, 1));
            controller.close();
          };
        },
      });
      const headers = { "content-length": String(body.byteLength) };
      const response = app.fetch("/classify", { method: "POST", headers, body: stream });
      return { response, end: () => end() };
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const rejected = await app.fetch("/classify", { method: "POST", body });
    expect(rejected.status).toBe(503);
    expect(Number(rejected.headers.get("retry-after"))).toBeGreaterThan(0);
    for (const { end } of stalled) end();
    for (const { response } of stalled) expect((await response).status).toBe(415);
    expect((await app.fetch("/classify", { method: "POST", body })).status).toBe(415);
  });
});

/** An application whose limiter for addresses records what it counts. */
function countingApp(settings: Parameters<typeof makeApp>[0] = {}) {
  const keys: string[] = [];
  const limit = async ({ key }: { key: string }) => {
    keys.push(key);
    return { success: true };
  };
  return { app: makeApp(settings, { IP_RATE_LIMITER: { limit } as unknown as RateLimit }), keys };
}

/** Makes the setting API_KEYS from keys by name. */
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
