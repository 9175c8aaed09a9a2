/** Health endpoints, with the paths of the Open Inference Protocol (v2). */
import type { Profile } from "../config.ts";
import type { Versions } from "../registry/versions.ts";
import type { MaskError } from "./errors.ts";
import type { ReadinessCheck } from "./readiness.ts";

/** `GET /v2/health/live`: 200 if the isolate is running. */
export function liveResponse(): Response {
  return Response.json({ live: true });
}

export type ReadyParts = {
  readonly readiness: ReadinessCheck;
  readonly versions: Versions;
  readonly maskError: MaskError;
  readonly profile: Profile;
};

/**
 * `GET /v2/health/ready`: 200 if the default model answers, otherwise 503 with the reason. `warnings`
 * lists the versions that aliases stand for but this isolate cannot use; the open profile says why.
 */
export async function readyResponse({
  readiness,
  versions,
  maskError,
  profile,
}: ReadyParts): Promise<Response> {
  const outcome = await readiness.get();
  if ("model" in outcome) {
    const bad = await versions.listBad();
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
