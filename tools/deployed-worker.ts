/**
 * The Worker as it is deployed: the bundle of `wrangler deploy`, in workerd without the proxies of `wrangler dev`,
 * which keep a Worker from noticing that a caller has disconnected. It serves the API, not the page.
 */
import { dirname, join, resolve } from "node:path";
import { Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { LOCAL_STATE } from "../cli/buckets/local-bucket.ts";
import type { Settings } from "../src/config.ts";
import type { LocalWorker } from "./local-worker.ts";
import { buildWorker, type WorkerBundle } from "./worker-bundle.ts";

const CONFIG_PATH = new URL("../wrangler.toml", import.meta.url).pathname;
const NAME = "resnet-edge";
const UNLIMITED = { simple: { limit: 1_000_000_000, period: 60 } } as const;

export type DeployedWorkerOptions = {
  /** Override those of wrangler.toml. */
  readonly settings?: Settings;
  /** Opens Chrome's debugging protocol. */
  readonly inspect?: boolean;
  /** Path of another wrangler.toml; its bucket lies beside it. */
  readonly configPath?: string;
  /** The Worker; if absent, one with every engine is built. */
  readonly bundle?: WorkerBundle;
};

/** Starts the Worker on any free port, with the local bucket. */
export async function startDeployedWorker({
  settings = {},
  inspect = false,
  configPath = CONFIG_PATH,
  bundle,
}: DeployedWorkerOptions = {}): Promise<LocalWorker> {
  const { compatibility_date, compatibility_flags, vars, r2_buckets } = readConfig(
    { config: configPath },
    { hideWarnings: true },
  );
  const { mainModule, modules } = bundle ?? (await buildWorker());
  const values = { ...vars, PROFILE: "open", LOG_REQUESTS: "false", ...settings };
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: join(dirname(resolve(configPath)), LOCAL_STATE),
    ...(inspect ? { inspectorPort: 0 } : {}),
    workers: [
      {
        config: {
          name: NAME,
          compatibilityDate: compatibility_date as string,
          compatibilityFlags: compatibility_flags ?? [],
          manifest: { mainModule, modulesRoot: "/", modules },
          env: {
            ...Object.fromEntries(
              Object.entries(values).map(([name, value]) => [
                name,
                { type: "text" as const, value: String(value) },
              ]),
            ),
            MODELS: { type: "r2", name: r2_buckets[0]?.bucket_name as string },
            IP_RATE_LIMITER: { type: "rate-limit", namespace: "1", ...UNLIMITED },
            KEY_RATE_LIMITER: { type: "rate-limit", namespace: "2", ...UNLIMITED },
          },
        },
      },
    ],
  });
  const url = await miniflare.ready;
  return {
    url,
    inspectorUrl: inspect ? await findInspector(await miniflare.getInspectorURL()) : undefined,
    dispose: () => miniflare.dispose(),
  };
}

/** workerd lists the address of each Worker. */
async function findInspector(url: URL): Promise<URL> {
  const list = new URL("/json", url);
  list.protocol = "http:";
  const targets = (await (await fetch(list)).json()) as { webSocketDebuggerUrl: string }[];
  const own = targets.find(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl.endsWith(NAME));
  if (!own) throw new Error(`workerd has no inspector for ${NAME}.`);
  const { pathname } = new URL(own.webSocketDebuggerUrl);
  return new URL(pathname, url);
}
