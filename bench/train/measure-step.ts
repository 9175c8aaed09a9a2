/** Measures one case in a process for it alone: `node bench/train/measure-step.ts CASE`, with a StepCase as JSON. */
import { TrainingSession } from "../../cli/training/training-session.ts";
import { buildTrainingStep } from "../../src/training/build-training-step.ts";
import { median } from "../median.ts";
import {
  chooseTrained,
  type Measurement,
  MOMENTUM,
  makeBatch,
  RATE,
  readNetwork,
  type StepCase,
} from "./step-case.ts";

const wanted: StepCase = JSON.parse(process.argv[2] as string);
const graph = await readNetwork(wanted);
const step = buildTrainingStep({
  graph,
  logits: "logits",
  batch: wanted.batch,
  groups: [{ name: "all", parameters: chooseTrained(graph, wanted) }],
  optimiser: { kind: "sgd", momentum: MOMENTUM },
});
const session = await TrainingSession.start(step, { threads: wanted.threads });
const batch = {
  ...makeBatch(step.images.shape, step.targets.shape[1] as number),
  rates: { all: RATE },
};
const cpu: number[] = [];
const wall: number[] = [];
const losses: number[] = [];
for (let i = 0; i <= wanted.steps; i++) {
  const before = process.cpuUsage();
  const start = performance.now();
  const { loss } = await session.run(batch);
  const { user, system } = process.cpuUsage(before);
  if (i > 0) {
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - start);
  }
  losses.push(loss);
}
const measured: Measurement = {
  cpuMs: median(cpu),
  wallMs: median(wall),
  peakMb: process.resourceUsage().maxRSS / 1024,
  losses,
};
console.log(JSON.stringify(measured));
await session.release();
