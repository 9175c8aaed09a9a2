/** The local R2 bucket of the binding MODELS, opened with Miniflare where `wrangler dev` keeps it. */
import { dirname, join, resolve } from "node:path";
import type { R2Bucket } from "@cloudflare/workers-types";
import { Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { CliError } from "../cli-error.ts";

/** The folder in which wrangler keeps local resources, beside wrangler.toml. */
export const LOCAL_STATE = ".wrangler/state/v3";

const BINDING = "MODELS";
/** Miniflare needs a Worker, although only its bucket is used. */
const EMPTY = { type: "esm", contents: "export default {}" } as const;

type R2Binding = {
  readonly binding: string;
  readonly bucket_name?: string;
  readonly preview_bucket_name?: string;
};
export type LocalBucket = { readonly bucket: R2Bucket; close(): Promise<void> };

/**
 * Opens the bucket.
 *
 * @param configPath - of wrangler.toml, which names the bucket
 * @param folder - where the bucket's files are; by default where wrangler keeps them
 * @throws CliError BUCKET_MISCONFIGURED if wrangler.toml does not bind the bucket
 */
export async function openLocalBucket(
  configPath: string,
  folder = join(dirname(resolve(configPath)), LOCAL_STATE),
): Promise<LocalBucket> {
  const { r2_buckets: bindings } = readConfig({ config: configPath }, { hideWarnings: true });
  const bound = bindings.find((bucket: R2Binding) => bucket.binding === BINDING);
  const name = bound?.preview_bucket_name ?? bound?.bucket_name;
  if (name === undefined) {
    throw new CliError("BUCKET_MISCONFIGURED", {
      what: `${configPath} does not bind ${BINDING}.`,
      why: `It has no [[r2_buckets]] with binding = "${BINDING}" and a bucket_name.`,
      fix: "Add them, as in the wrangler.toml of this repository.",
    });
  }
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: folder,
    workers: [
      {
        config: {
          name: "local-bucket",
          compatibilityDate: "2026-10-01",
          manifest: { mainModule: "empty.mjs", modulesRoot: "/", modules: { "empty.mjs": EMPTY } },
          env: { [BINDING]: { type: "r2", name } },
        },
      },
    ],
  });
  return {
    // biome-ignore lint/plugin: Miniflare's types of a bucket name other classes for headers and streams
    bucket: (await miniflare.getR2Bucket(BINDING)) as unknown as R2Bucket,
    close: () => miniflare.dispose(),
  };
}
