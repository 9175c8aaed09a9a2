/** Health, as the Open Inference Protocol (v2) names it. */
import { AppError } from "../errors.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import { httpErrorOf } from "./error-status.ts";

/** `GET /v2/health/live`: the isolate runs. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

/** `GET /v2/health/ready`: 200 once the default model answers, 503 with the reason until then. */
export async function readyResponse(services: {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
}): Promise<Response> {
  try {
    const model = await services.catalog.find(undefined);
    const { crop } = model.manifest.preprocess;
    await services.networks.run(model, new Float32Array(3 * crop * crop));
    const { id, version } = model.manifest;
    return Response.json({ ready: true, model: { id, version } });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { status, headers = {} } = httpErrorOf(error.code);
    return Response.json(
      { ready: false, code: error.code, error: error.message },
      { status, headers },
    );
  }
}
