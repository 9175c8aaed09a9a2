/** Health endpoints, with the paths of the Open Inference Protocol (v2). */
import type { Profile } from "../config.ts";
import { parseVersionName } from "../models/version-ref.ts";
import type { EngineFallback } from "../registry/engine-fallbacks.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { Versions } from "../registry/versions.ts";
import type { MaskError } from "./errors.ts";
import type { ReadinessCheck } from "./readiness.ts";

/** `GET /v2/health/live`: 200 if the isolate is running. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

export type ReadyParts = {
  readonly readiness: ReadinessCheck;
  readonly catalog: ModelCatalog;
  readonly versions: Versions;
  readonly networks: NetworkLoader;
  readonly maskError: MaskError;
  readonly profile: Profile;
};

/**
 * `GET /v2/health/ready`: 200 if the default model answers, otherwise 503 with the reason. `warnings`
 * lists the versions that aliases stand for but this isolate cannot use, and the engines in whose place ONNX
 * Runtime answers; the open profile says why.
 */
export async function readyResponse(parts: ReadyParts): Promise<Response> {
  const { readiness, versions, maskError, profile } = parts;
  const outcome = await readiness.get();
  if ("model" in outcome) {
    const bad = [...(await versions.listBad()), ...(await listFallbacks(parts))];
    const warnings = profile === "open" ? bad : bad.map(({ reason: _, ...shown }) => shown);
    return Response.json({ ready: true, model: outcome.model, warnings });
  }
  const { message, extensions } = maskError(outcome.error);
  const { status = 500, headers = {} } = extensions.http ?? {};
  return Response.json(
    { ready: false, code: extensions.code, error: message },
    { status, headers },
  );
}

/** Callers can name every published version, so only those that aliases stand for are listed. */
async function listFallbacks({ catalog, networks }: ReadyParts): Promise<EngineFallback[]> {
  const listed: EngineFallback[] = [];
  for (const fallback of networks.listFallbacks()) {
    const ref = fallback.model === undefined ? undefined : parseVersionName(fallback.model);
    if (!ref || (await catalog.isServing(ref))) listed.push(fallback);
  }
  return listed;
}
