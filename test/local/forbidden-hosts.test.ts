/** The hosts that the built Worker does not fetch images from. */
import { expect, it } from "vitest";
import { FORBIDDEN_URLS } from "../support/forbidden-urls.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker } from "./support/call-worker.ts";

const worker = callWorker(useLocalWorker({ settings: { PROFILE: "hardened" } }));

it.each(FORBIDDEN_URLS)("does not fetch %s", async (url) => {
  const { status, errors } = await worker.query(
    "query ($url: String!) { inspectImage(image: { url: $url }) { format } }",
    { url },
  );
  expect(status).toBe(403);
  expect(errors[0]?.extensions.code).toBe("IMAGE_URL_FORBIDDEN");
});

it("refuses requests that it made itself, under any name", async () => {
  for (const path of ["/graphql?query={__typename}", "/classify", "/nonesuch"]) {
    const response = await worker.fetch(path, { headers: { "user-agent": "resnet-edge" } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "REQUEST_FORBIDDEN" } }],
    });
  }
});
