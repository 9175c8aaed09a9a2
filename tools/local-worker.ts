/** The Worker on this machine: its R2 bucket seeded, then served by wrangler. */
import { unstable_startWorker as startWorker } from "wrangler";
import { openLocalBucket } from "../cli/buckets/local-bucket.ts";
import type { Settings } from "../src/config.ts";
import { ensurePage } from "./build-page.ts";
import { type SeedReport, seedModels } from "./seed-models.ts";

// wrangler would fetch the real value of request.cf from Cloudflare, and this Worker does not use it.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";
process.env.WRANGLER_SEND_METRICS ??= "false";

const CONFIG_PATH = new URL("../wrangler.toml", import.meta.url).pathname;

/** Seeds the local R2 bucket that the Worker reads. */
export async function seedLocalBucket(configPath = CONFIG_PATH): Promise<SeedReport> {
  const { bucket, close } = await openLocalBucket(configPath);
  try {
    return await seedModels(bucket);
  } finally {
    await close();
  }
}

export type LocalWorker = {
  readonly url: URL;
  /** For Chrome's debugging protocol; undefined unless `inspect` is set. */
  readonly inspectorUrl: URL | undefined;
  dispose(): Promise<void>;
};

export type LocalWorkerOptions = {
  /** The address to listen at; localhost if absent. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** "log" shows the lines of the Worker too. */
  readonly logLevel: "none" | "log";
  /** Limit for an address without an API key; practically none if absent. */
  readonly requestsPerMinute?: number;
  /** Opens Chrome's debugging protocol, which makes log lines more expensive. */
  readonly inspect?: boolean;
  /** Whether to rebuild when a source file changes. */
  readonly watch: boolean;
  /** Path of another wrangler.toml; its bucket lies beside it. */
  readonly configPath?: string;
  /** Path of a main module other than wrangler.toml's, for benchmarks. */
  readonly entrypoint?: string;
  /** Override those of wrangler.toml. */
  readonly settings?: Settings;
};

const UNLIMITED = 1_000_000_000;

export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  await ensurePage();
  // wrangler does not apply the option below to everything it prints.
  process.env.WRANGLER_LOG = options.logLevel;
  const worker = await startWorker({
    config: options.configPath ?? CONFIG_PATH,
    ...(options.entrypoint === undefined ? {} : { entrypoint: options.entrypoint }),
    bindings: {
      // On this machine the whole API is open, and nobody is limited.
      PROFILE: { type: "plain_text", value: "open" },
      IP_RATE_LIMITER: rateLimit("1", options.requestsPerMinute ?? UNLIMITED),
      KEY_RATE_LIMITER: rateLimit("2", UNLIMITED),
      ...toBindings(options.settings),
    },
    dev: {
      logLevel: options.logLevel,
      server: { hostname: options.host ?? "localhost", port: options.port },
      inspector: options.inspect ? { port: 0 } : false,
      watch: options.watch,
    },
  });
  await worker.ready;
  return {
    url: await worker.url,
    inspectorUrl: options.inspect ? await worker.inspectorUrl : undefined,
    dispose: () => worker.dispose(),
  };
}

function toBindings(settings: Settings = {}) {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, { type: "plain_text", value } as const]),
  );
}

function rateLimit(namespaceId: string, limit: number) {
  const simple = { limit, period: 60 } as const;
  return { type: "ratelimit", namespace_id: namespaceId, simple } as const;
}

/** Says what seeding did, in lines. */
export function describeSeeding({ written, present, notes }: SeedReport): string {
  const done =
    written.length === 0
      ? `Local R2: the embedded models are in place (${present.length} objects).`
      : `Local R2: wrote ${written.length} objects of the embedded models (${written.join(", ")}).`;
  return [done, ...notes].join("\n");
}
