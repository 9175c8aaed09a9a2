import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import worker from "../../src/worker.ts";

/** A request as workerd passes it on. */
type IncomingRequest = Parameters<typeof worker.fetch>[0];

it("with an invalid setting, every path answers 503 CONFIG_INVALID and names the setting", async () => {
  for (const path of ["/graphql", "/classify", "/v2/health/ready"]) {
    const request = new Request(new URL(path, "http://resnet-edge.test"));
    const response = await worker.fetch(
      request as IncomingRequest,
      { ...env, IMAGE_DECODER: "foo" } as never,
    );
    expect(response.status).toBe(503);
    const { errors } = await response.json<{ errors: { extensions: object; message: string }[] }>();
    expect(errors[0]?.extensions).toMatchObject({ code: "CONFIG_INVALID" });
    expect(errors[0]?.message).toContain("IMAGE_DECODER");
  }
});
