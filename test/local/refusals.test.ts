/** Refusals over real connections: each arrives at once, is typed, and is counted. */
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker } from "./support/call-worker.ts";

const local = useLocalWorker({ settings: { PROFILE: "hardened" } });
const worker = callWorker(local);
const JSON_TYPE = { "content-type": "application/json" };

/** Sends raw HTTP, never finishes the request, and resolves with the start of the response. */
function sendUnfinished(head: string): Promise<string> {
  const { hostname, port } = local().url;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.write(head);
    socket.on("error", reject);
    socket.on("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
  });
}

describe("a refusal reaches a caller who has not sent the body", () => {
  it.each([
    ["of more bytes than are allowed", "POST /classify", "", 413],
    ["of an unknown path", "POST /nonesuch", "", 404],
    ["with a wrong API key", "POST /classify", "Authorization: Bearer wrong\r\n", 401],
    ["with an unknown parameter", "POST /classify?nonesuch=1", "", 400],
    ["of an encoded body", "POST /classify", "Content-Encoding: gzip\r\n", 415],
    ["with a method that is not allowed", "PUT /graphql", "", 405],
  ])("%s", async (_name, start, headers, status) => {
    const head = `${start} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n${headers}\r\n`;
    expect(await sendUnfinished(head)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

it("a refusal reaches a caller who sends a large body at once", async () => {
  for (let i = 0; i < 5; i++) {
    const body = new Uint8Array(15_000_000);
    const { status, errors } = await worker.graphql({ headers: JSON_TYPE, body });
    expect(status).toBe(413);
    expect(errors[0]?.extensions.code).toBe("REQUEST_TOO_LARGE");
  }
});

describe("a method that a path does not support", () => {
  it.each([
    ["/graphql", "GET, POST"],
    ["/classify", "POST"],
    ["/v2/health/live", "GET, HEAD"],
    ["/v2/health/ready", "GET, HEAD"],
  ])("gets METHOD_NOT_ALLOWED at %s, with Allow: %s", async (path, allow) => {
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const response = await worker.fetch(path, { method, headers: JSON_TYPE, body: "{}" });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe(allow);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: "METHOD_NOT_ALLOWED" } }],
      });
    }
  });

  it.each(["PROPFIND", "TRACE", "QUERY", "FOO", "get"])(
    "gets no 500 if it is %s",
    async (method) => {
      for (const path of ["/graphql", "/classify", "/v2/health/live", "/nonesuch"]) {
        const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`;
        expect(await sendUnfinished(head)).toMatch(/^HTTP\/1.1 (?:4\d\d|501) /);
      }
    },
  );

  it("gets 405 without a body for HEAD of the API, and 200 for HEAD of health", async () => {
    for (const path of ["/graphql", "/classify"]) {
      const response = await worker.fetch(path, { method: "HEAD" });
      expect(response.status).toBe(405);
      expect(await response.text()).toBe("");
    }
    expect((await worker.fetch("/v2/health/live", { method: "HEAD" })).status).toBe(200);
  });
});

it("an unknown path gets NOT_FOUND", async () => {
  const response = await worker.fetch("/nonesuch");
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
});

describe("headers about content", () => {
  const body = JSON.stringify({ query: "{ __typename }" });

  it.each(["Application/JSON", "APPLICATION/JSON; Charset=UTF-8", "application/graphql+json"])(
    "Content-Type %s is accepted",
    async (type) => {
      const { data } = await worker.graphql({ headers: { "content-type": type }, body });
      expect(data).toEqual({ __typename: "Query" });
    },
  );

  it("Content-Type Multipart/Form-Data is accepted", async () => {
    const operations = JSON.stringify({ query: "{ __typename }" });
    const { data } = await worker.graphql({
      headers: {
        "content-type": "Multipart/Form-Data; boundary=x",
        "graphql-require-preflight": "1",
      },
      body: `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${operations}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--x--\r\n`,
    });
    expect(data).toEqual({ __typename: "Query" });
  });

  it.each(["text/css", "application/jsonx", "", "application/json-seq"])(
    "Content-Type %j gets UNSUPPORTED_MEDIA_TYPE",
    async (type) => {
      const headers = { "content-type": type, "graphql-require-preflight": "1" };
      const { status, errors } = await worker.graphql({ headers, body: new Blob([body]) });
      expect(status).toBe(415);
      expect(errors[0]?.extensions.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    },
  );

  it.each(["gzip", "deflate", "br", "GZIP", "identity, gzip"])(
    "Content-Encoding %s gets UNSUPPORTED_MEDIA_TYPE, and the coding that is accepted",
    async (coding) => {
      const { status, headers, errors } = await worker.graphql({
        headers: { ...JSON_TYPE, "content-encoding": coding },
        body,
      });
      expect(status).toBe(415);
      expect(headers.get("accept-encoding")).toBe("identity");
      expect(errors[0]?.extensions).toEqual({
        code: "UNSUPPORTED_MEDIA_TYPE",
        accepted: ["identity"],
      });
    },
  );

  it.each(["image/png", "text/plain", "application/json; charset=utf-16", "*"])(
    "Accept: %s gets NOT_ACCEPTABLE",
    async (accept) => {
      const { status, errors } = await worker.graphql({ headers: { ...JSON_TYPE, accept }, body });
      expect(status).toBe(406);
      expect(errors[0]?.extensions.code).toBe("NOT_ACCEPTABLE");
    },
  );

  it.each([
    "image/png, */*;q=0.1",
    "application/*",
    "Application/JSON",
    "application/json; charset=UTF-8",
  ])("Accept: %s is answered", async (accept) => {
    const { status } = await worker.graphql({ headers: { ...JSON_TYPE, accept }, body });
    expect(status).toBe(200);
  });
});

it.each(["a&", "query=x&"])(
  "a form with millions of fields (%s) gets REQUEST_TOO_LARGE",
  async (field) => {
    const { status, errors } = await worker.graphql({
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "graphql-require-preflight": "1",
      },
      body: field.repeat(14_000_000 / field.length),
    });
    expect(status).toBe(413);
    expect(errors[0]?.extensions.limit).toBe("maxFormFields");
  },
);

describe("GET /graphql", () => {
  const PREFLIGHT = { "graphql-require-preflight": "1" };

  it("ignores a body", async () => {
    const query = encodeURIComponent("{ __typename }");
    const answer = await sendUnfinished(
      `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nGraphQL-Require-Preflight: 1\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(`Content-Length: ${'{"data":{"__typename":"Query"}}'.length}\r\n`);
  });

  it.each([
    ["", "BAD_REQUEST"],
    ["?query=", "BAD_REQUEST"],
    ["?query={__typename}&variables={", "BAD_REQUEST"],
    ["?query={__typename}&variables=[]", "BAD_REQUEST"],
    [`?query={__typename}&variables=${"[".repeat(100)}`, "BAD_REQUEST"],
    [`?query={__typename}&extensions=${"[".repeat(100)}`, "BAD_REQUEST"],
  ])("%s gets 400 %s", async (search, code) => {
    const response = await worker.fetch(`/graphql${search}`, { headers: PREFLIGHT });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });
});
