import type { Settings } from "../../src/config.ts";
import type { Profile } from "./recipe.ts";

/** The settings of the Worker that is measured: no answer comes from the cache, no request is logged. */
export function measuredSettings(profile: Profile, imageHost: string): Settings {
  return {
    // The bound is counted in classifications, and must not become stricter with every faster engine.
    ENGINE: "onnxruntime",
    PROFILE: profile,
    RESULT_CACHE_SECONDS: "0",
    LOG_REQUESTS: "false",
    URL_ALLOWED_HOSTS: imageHost,
  };
}
