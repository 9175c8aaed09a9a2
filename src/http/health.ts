/** Health endpoints, with the paths of the Open Inference Protocol (v2). */
import { AppError } from "../errors.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";
import { HTTP_ERRORS } from "./errors.ts";

/** `GET /v2/health/live`: 200 if the isolate is running. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

/** Picks the arm that is checked; any constant works. */
const KEY = "health";

/**
 * `GET /v2/health/ready`: 200 if the default model answers, otherwise 503 with the reason. `warnings`
 * lists the versions that aliases stand for but this isolate cannot use.
 */
export async function readyResponse(services: {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
  readonly versions: Versions;
}): Promise<Response> {
  try {
    const candidates = await services.catalog.candidates(undefined);
    const { value: model } = await services.versions.use(candidates, KEY, async (candidate) => {
      await services.networks.check(candidate);
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
