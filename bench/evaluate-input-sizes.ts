/**
 * `npm run eval:input-sizes [-- --rounds N --side N]`: what a smaller input of ResNet-18 gives: accuracy in float32 and int8,
 * and CPU time in workerd with both engines, with and without AVX-VNNI. Needs the weights and photos of ../shared, and
 * Linux. Publishes nothing.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { evaluate } from "../cli/commands/model/evaluate.ts";
import { pull } from "../cli/commands/model/pull.ts";
import { quantize } from "../cli/commands/model/quantize.ts";
import type { EvaluateSetsReport } from "../cli/evaluate/describe-evaluation.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { readModel } from "../src/graphs/onnx/read-model.ts";
import { convertGraph } from "../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../src/graphs/tflite/write-tflite.ts";
import { ensurePage } from "../tools/build-page.ts";
import { buildBenchWorker } from "./engines/bench-worker.ts";
import { measureEngines } from "./engines/measure-engines.ts";
import type { Subject } from "./engines/subjects.ts";
import { requirePhotos } from "./predict-photos.ts";

const SHARED = new URL("../../shared/", import.meta.url).pathname;
const WEIGHTS = join(SHARED, "models/resnet18/model.safetensors");
const DATA = join(SHARED, "data");
const SETS = ["dev1k", "imagenette-val"] as const;

/** Sides in pixels: of the input, and of the photo's shorter side before the centre is cut out. */
const SIZES = [
  { side: 224, resize: 256 },
  { side: 192, resize: 219 },
  { side: 192, resize: 192 },
  { side: 160, resize: 183 },
  { side: 160, resize: 160 },
];
const CALIBRATING = "100";
const MODES = [{ vnni: true }, { vnni: false }];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    side: { type: "string" },
  },
});
const sizes = SIZES.filter(({ side }) => values.side === undefined || `${side}` === values.side);
requirePhotos();
await ensurePage();
const work = await mkdtemp(join(tmpdir(), "resnet-edge-sizes-"));
try {
  const made: Awaited<ReturnType<typeof makeVersion>>[] = [];
  for (const size of sizes) made.push(await makeVersion(size));
  const accuracies: string[][] = [];
  for (const { folder } of made) accuracies.push(await evaluateVersion(folder));
  const subjects = made.flatMap(({ subjects }) => subjects);
  const rounds = { warm: Number(values.rounds), cold: 0 };
  const figures = await measureEngines(await buildBenchWorker(), subjects, MODES, rounds);
  const rows = made.map(({ size, subjects: own }, i) => {
    const times = MODES.flatMap((mode) =>
      own.map((subject) => `${figures.get(mode)?.get(subject)?.runMs.toFixed(1)} ms`),
    );
    return [`${size.side}`, `${size.resize}`, ...(accuracies[i] ?? []), ...times];
  });
  const heads = [
    ...["input", "shorter side"],
    ...SETS.flatMap((set) => [`${set}: float32`, "int8"]),
    ...MODES.flatMap(({ vnni }) => ["ONNX Runtime", `LiteRT, ${vnni ? "VNNI" : "no VNNI"}`]),
  ];
  console.log(formatTable(heads, rows));
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Builds and quantises ResNet-18 for an input size. */
async function makeVersion(size: (typeof SIZES)[number]) {
  const { side, resize } = size;
  const name = `resnet18-${side}-${resize}`;
  process.stderr.write(`${name}: converting and quantising …\n`);
  const [float, folder] = [join(work, `${name}-float`), join(work, name)];
  const input = ["--input-size", `${side}`, "--resize", `${resize}`];
  await pull.run([name, "--from", WEIGHTS, ...input, "--out", float, "--json"]);
  const photos = ["--images", join(DATA, "imagenette-train"), "--count", CALIBRATING];
  await quantize.run([float, ...photos, "--out", folder, "--json"]);
  const file = new Uint8Array(await readFile(join(folder, "int8.onnx")));
  const tflite = new Uint8Array(writeTflite(convertGraph(readModel(file, name, side))));
  const facts = { network: name, precision: "int8" as const, side, gzipBytes: 0 };
  const subjects: Subject[] = [
    { ...facts, id: `${name}-onnxruntime`, engine: "onnxruntime", file },
    { ...facts, id: `${name}-litert`, engine: "litert", file: tflite },
  ];
  return { size, folder: { int8: folder, float }, subjects };
}

/** @returns top-1 accuracy of each set, in float32 and int8 */
async function evaluateVersion(folder: { int8: string; float: string }): Promise<string[]> {
  process.stderr.write(`${folder.int8}: evaluating …\n`);
  const sets = SETS.flatMap((set) => ["--data", join(DATA, set)]);
  const { result } = await evaluate.run([
    ...[folder.int8, ...sets, "--against", folder.float],
    ...["--engine", "litert", "--dry-run", "--json"],
  ]);
  const percent = (share: number | undefined) => `${(100 * (share ?? Number.NaN)).toFixed(1)} %`;
  return (result as EvaluateSetsReport).sets.flatMap((set) => [
    percent(set.float?.top1),
    percent(set.top1),
  ]);
}
