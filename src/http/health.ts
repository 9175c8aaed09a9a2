/** Health, as the Open Inference Protocol (v2) names it. */
import { AppError } from "../errors.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";
import { HTTP_ERRORS } from "./errors.ts";

/** `GET /v2/health/live`: the isolate runs. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

/** Any key will do: no caller waits for this answer. */
const KEY = "health";

/**
 * `GET /v2/health/ready`: 200 once the default model answers, 503 with the reason until then.
 * `warnings` lists the versions that aliases stand for and that this isolate has found unusable.
 */
export async function readyResponse(services: {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
  readonly versions: Versions;
}): Promise<Response> {
  try {
    const candidates = await services.catalog.candidates(undefined);
    const { value: model } = await services.versions.use(candidates, KEY, async (candidate) => {
      const { crop } = candidate.manifest.preprocess;
      await services.networks.run(candidate, new Float32Array(3 * crop * crop));
      return candidate;
    });
    const { id, version } = model.manifest;
    const warnings = await services.versions.listBad();
    return Response.json({ ready: true, model: { id, version }, warnings });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { status, headers = {} } = HTTP_ERRORS[error.code];
    return Response.json(
      { ready: false, code: error.code, error: error.message },
      { status, headers },
    );
  }
}
