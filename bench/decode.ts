/** `npm run bench:decode`: the time and memory of decoding in workerd, compared with jpeg-js and upng-js. */
import { formatTable } from "../cli/terminal/format-table.ts";
import { startLocalWorker } from "../tools/local-worker.ts";
import type { DecodeSample } from "./decode-sample.ts";
import { encoders, makePhoto } from "./photo-files.ts";

const SIZES = [
  { name: "0.2 MP", width: 500, height: 400 },
  { name: "2 MP", width: 1600, height: 1200 },
  { name: "12 MP", width: 4000, height: 3000 },
  { name: "48 MP", width: 8000, height: 6000 },
];
const RUNS = 5;
/** The formats that jpeg-js and upng-js can decode. */
const PORTABLE = new Set(["JPEG baseline", "JPEG progressive", "PNG"]);
/** For larger images, the portable decoders need gigabytes. */
const MAX_PORTABLE_PIXELS = 13e6;
/** Encoding a larger AVIF takes minutes, and its memory is refused anyway. */
const MAX_AVIF_PIXELS = 3e6;

const worker = await startLocalWorker({
  port: 0,
  logLevel: "none",
  watch: false,
  entrypoint: new URL("decode-worker.ts", import.meta.url).pathname,
});
const rows: string[][] = [];
const underestimated: string[] = [];
try {
  for (const { name, width, height } of SIZES) {
    const photo = await makePhoto(width, height);
    for (const [format, encode] of Object.entries(encoders)) {
      process.stderr.write(`${name} ${format} …\n`);
      if (format === "AVIF" && width * height > MAX_AVIF_PIXELS) continue;
      const file = await encode(photo);
      const fast = await measure(file, "wasm");
      if ("ms" in fast && fast.peakBytes > fast.estimatedBytes) {
        underestimated.push(`${name} ${format}`);
      }
      const portable = PORTABLE.has(format) && width * height < MAX_PORTABLE_PIXELS;
      const js = portable ? await measure(file, "js") : undefined;
      rows.push([name, format, megabytes(file.length), ...describe(fast, js)]);
    }
  }
} finally {
  await worker.dispose();
}
const columns = [
  "size",
  "format",
  "file, MB",
  "ms",
  "peak, MB",
  "estimate, MB",
  "time ratio",
  "memory ratio",
];
console.log(`Median of ${RUNS} runs in workerd; ratios: jpeg-js or upng-js / this decoder`);
console.log(formatTable(columns, rows));
if (underestimated.length > 0) {
  console.error(`The estimate is below the measured peak: ${underestimated.join(", ")}`);
  process.exitCode = 1;
}

/** Returns the sample with the median time. */
async function measure(file: Uint8Array, decoder: "wasm" | "js"): Promise<DecodeSample> {
  const samples: Exclude<DecodeSample, { rejected: string }>[] = [];
  for (let i = 0; i <= RUNS; i++) {
    // The path "/" is the page, which does not accept POST.
    const url = new URL(`/decode?decoder=${decoder}`, worker.url);
    const response = await fetch(url, { method: "POST", body: Uint8Array.from(file) });
    const sample = (await response.json()) as DecodeSample;
    if ("rejected" in sample) return sample;
    if (i > 0) samples.push(sample); // The first run warms up.
  }
  return samples.toSorted((a, b) => a.ms - b.ms)[RUNS >> 1] as DecodeSample;
}

function describe(fast: DecodeSample, js: DecodeSample | undefined): string[] {
  if ("rejected" in fast) return [`rejected: ${fast.rejected}`];
  const { ms, peakBytes, estimatedBytes } = fast;
  const own = [ms.toFixed(0), megabytes(peakBytes), megabytes(estimatedBytes)];
  if (!js || "rejected" in js) return own;
  return [...own, `${(js.ms / ms).toFixed(1)}x`, `${(js.peakBytes / peakBytes).toFixed(1)}x`];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
