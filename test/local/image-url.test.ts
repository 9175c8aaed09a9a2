/** Images by URL, with the real Worker and a real image server. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { type ImageServer, startImageServer } from "./support/image-server.ts";

let server: ImageServer;
let goneServer: ImageServer;

beforeAll(async () => {
  const photo = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
  server = await startImageServer(photo);
  goneServer = await startImageServer(photo);
});

const worker = useLocalWorker(async () => ({
  settings: { URL_ALLOWED_HOSTS: `${server.host}, ${goneServer.host}` },
}));

afterAll(() => server?.close());

async function classifyUrl(url: string) {
  const response = await fetch(new URL("/graphql", worker().url), {
    method: "POST",
    headers: { "content-type": "application/json", cookie: "session=secret" },
    body: JSON.stringify({
      query: "query ($url: String!) { classify(image: { url: $url }) { answer { synset } } }",
      variables: { url },
    }),
  });
  const { data, errors } = (await response.json()) as {
    data: { classify: { answer: { synset: string } } } | null;
    errors?: { message: string; extensions: { code: string } }[];
  };
  const [error] = errors ?? [];
  return {
    status: response.status,
    synset: data?.classify.answer.synset,
    code: error?.extensions.code,
    message: error?.message,
  };
}

describe("classify with image.url", () => {
  it.each(["/photo", "/as-text", "/hop?left=3"])("fetches the image from %s", async (path) => {
    expect(await classifyUrl(`http://${server.host}${path}`)).toMatchObject({
      status: 200,
      synset: "n07920052",
    });
  });

  it("sends no cookies, credentials or referrer", async () => {
    await classifyUrl(`http://${server.host}/photo`);
    const names = Object.keys(server.latestHeaders());
    expect(names).toContain("accept");
    expect(names).not.toContain("cookie");
    expect(names).not.toContain("authorization");
    expect(names).not.toContain("referer");
    // By this the Worker recognises its own requests, and refuses them.
    expect(server.latestHeaders()["user-agent"]).toBe("resnet-edge");
  });

  it.each([
    // The last column is a fact that the message must name.
    ["/hop?left=4", 422, "IMAGE_UNREACHABLE", "3"],
    ["/missing", 422, "IMAGE_UNREACHABLE", "404"],
    ["/page", 415, "IMAGE_UNSUPPORTED", "HTML"],
    ["/endless", 413, "IMAGE_TOO_LARGE", "10485760"],
    ["/silent", 422, "IMAGE_UNREACHABLE", "5000 ms"],
    ["/to?location=http://127.0.0.1:1/", 403, "IMAGE_URL_FORBIDDEN", "127.0.0.1:1"],
    ["/to?location=http://169.254.169.254/", 403, "IMAGE_URL_FORBIDDEN", "169.254.169.254"],
    ["/to?location=//localhost/", 403, "IMAGE_URL_FORBIDDEN", "localhost"],
    ["/to?location=file:///etc/passwd", 403, "IMAGE_URL_FORBIDDEN", "file"],
    ["/to?location=http://[", 403, "IMAGE_URL_FORBIDDEN", "http://["],
  ])("rejects the URL %s with %s %s", async (path, status, code, named) => {
    expect(await classifyUrl(`http://${server.host}${path}`)).toMatchObject({
      status,
      code,
      message: expect.stringContaining(named),
    });
  });

  it("rejects a URL with a user name, even if its host is allowed", async () => {
    const { code } = await classifyUrl(`http://user@${server.host}/photo`);
    expect(code).toBe("IMAGE_URL_FORBIDDEN");
  });

  it("rejects a URL of the Worker itself", async () => {
    const { code } = await classifyUrl(new URL("/graphql", worker().url).href);
    expect(code).toBe("IMAGE_URL_FORBIDDEN");
  });

  it("returns IMAGE_UNREACHABLE if the server is down", async () => {
    goneServer.close();
    expect(await classifyUrl(`http://${goneServer.host}/photo`)).toMatchObject({
      status: 422,
      code: "IMAGE_UNREACHABLE",
      message: expect.stringContaining(goneServer.host),
    });
  });
});
