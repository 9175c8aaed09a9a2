import { readdirSync, readFileSync } from "node:fs";
import { it } from "vitest";
import { useDecodeWorker } from "../support/use-decode-worker.ts";
const worker = useDecodeWorker();
it("measures", async () => {
  const dir = process.env.SCRATCH ?? "/tmp/m/";
  for (const f of readdirSync(dir).sort()) {
    if (process.env.ONLY && !new RegExp(process.env.ONLY).test(f)) continue;
    const b = readFileSync(dir + f);
    let best: any;
    for (let i = 0; i < 3; i++) {
      const o: any = await worker.decode(b);
      if (!best || o.ms < best.ms) best = o;
    }
    if (best.header)
      console.log(f.padEnd(20), `${best.header.width}x${best.header.height}`, String(b.length).padStart(9), "ms", best.ms.toFixed(0), "/", best.estimatedMs.toFixed(0), (best.ms / best.estimatedMs).toFixed(2), "MB", (best.peakBytes / 1e6).toFixed(2), "/", (best.estimatedBytes / 1e6).toFixed(2), (best.peakBytes / best.estimatedBytes).toFixed(2));
    else console.log(f.padEnd(20), String(b.length).padStart(9), best.ms.toFixed(0), best.status, best.code, best.message);
  }
});
