/** Images by URL, with the real Worker and a real server. */
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

describe("an image by URL", () => {
  it.each(["/photo", "/as-text", "/hop?left=3"])("is fetched from %s", async (path) => {
    expect(await classifyUrl(`http://${server.host}${path}`)).toMatchObject({
      status: 200,
      synset: "n07920052",
    });
  });

  it("is fetched without cookies, credentials and referrer", async () => {
    await classifyUrl(`http://${server.host}/photo`);
    const names = Object.keys(server.latestHeaders());
    expect(names).toContain("accept");
    expect(names).not.toContain("cookie");
    expect(names).not.toContain("authorization");
    expect(names).not.toContain("referer");
  });

  it.each([
    ["/hop?left=4", 422, "IMAGE_UNREACHABLE", /redirected more than 3 times/],
    ["/missing", 422, "IMAGE_UNREACHABLE", /answered 404/],
    ["/page", 415, "IMAGE_UNSUPPORTED", /HTML is not supported.*image itself/],
    ["/endless", 413, "IMAGE_TOO_LARGE", /more than 10485760 bytes/],
    ["/silent", 422, "IMAGE_UNREACHABLE", /more than 5000 ms/],
    ["/to?location=http://127.0.0.1:1/", 403, "IMAGE_URL_FORBIDDEN", /not among the hosts/],
    ["/to?location=http://169.254.169.254/", 403, "IMAGE_URL_FORBIDDEN", /169\.254\.169\.254/],
    ["/to?location=//localhost/", 403, "IMAGE_URL_FORBIDDEN", /localhost/],
    ["/to?location=file:///etc/passwd", 403, "IMAGE_URL_FORBIDDEN", /scheme is file/],
    ["/to?location=http://[", 403, "IMAGE_URL_FORBIDDEN", /no URL/],
  ])("from %s is refused: %s %s", async (path, status, code, message) => {
    expect(await classifyUrl(`http://${server.host}${path}`)).toMatchObject({
      status,
      code,
      message: expect.stringMatching(message),
    });
  });

  it("is refused with a user name, though its host is allowed", async () => {
    const { code } = await classifyUrl(`http://user@${server.host}/photo`);
    expect(code).toBe("IMAGE_URL_FORBIDDEN");
  });

  it("is refused from the Worker's own host", async () => {
    const { code, message } = await classifyUrl(new URL("/graphql", worker().url).href);
    expect(code).toBe("IMAGE_URL_FORBIDDEN");
    expect(message).toMatch(/own host/);
  });

  it("whose server is gone is unreachable", async () => {
    goneServer.close();
    expect(await classifyUrl(`http://${goneServer.host}/photo`)).toMatchObject({
      status: 422,
      code: "IMAGE_UNREACHABLE",
      message: expect.stringMatching(/connection failed/),
    });
  });
});
