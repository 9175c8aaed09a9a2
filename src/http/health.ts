/** Health, as the Open Inference Protocol (v2) names it. */
import { AppError } from "../errors.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { ModelHealth } from "../registry/model-health.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import { useArm } from "../registry/use-arm.ts";
import { httpErrorOf } from "./error-status.ts";

/** `GET /v2/health/live`: the isolate runs. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

/** Whose turn it is does not matter here. */
const KEY = "health";

/**
 * `GET /v2/health/ready`: 200 once the default model answers, 503 with the reason until then.
 * `warnings` names the versions that names mean and that this isolate has found unusable.
 */
export async function readyResponse(services: {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
  readonly health: ModelHealth;
}): Promise<Response> {
  try {
    const split = await services.catalog.findSplit(undefined);
    const { value: model } = await useArm(split, KEY, services, async (candidate) => {
      const { crop } = candidate.manifest.preprocess;
      await services.networks.run(candidate, new Float32Array(3 * crop * crop));
      return candidate;
    });
    const { id, version } = model.manifest;
    const warnings = await services.catalog.listBad();
    return Response.json({ ready: true, model: { id, version }, warnings });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { status, headers = {} } = httpErrorOf(error.code);
    return Response.json(
      { ready: false, code: error.code, error: error.message },
      { status, headers },
    );
  }
}
