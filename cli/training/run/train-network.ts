/** Trains a network: stage by stage, epoch by epoch, step by step. */
import type { StateDict } from "../../../src/graphs/safetensors/read-safetensors.ts";
import type { TrainStage } from "../../../src/training/train-config.ts";
import { isDone } from "./epoch-progress.ts";
import { BEGINNING, type Checkpoint } from "./run-folder.ts";
import { StageRun } from "./stage-run.ts";
import type { Training } from "./training.ts";

/**
 * Trains until the end, from the run's last checkpoint if there is one.
 *
 * @returns the best weights, by name
 * @throws CliError INTERRUPTED after everything was saved; TrainingError
 */
export async function trainNetwork(training: Training): Promise<StateDict> {
  const saved = await training.folder.readCheckpoint();
  let state: Checkpoint = saved ?? {
    progress: BEGINNING,
    start: new Map(),
    session: new Map(),
    best: new Map(),
  };
  const { stages } = training.config;
  // A crash between the two leaves a line of an epoch that is trained again.
  await training.folder.truncateLog(({ stage, epoch }) => isDone(state.progress, stage, epoch));
  while (!state.progress.finished) {
    const stage = new StageRun(training, stages[state.progress.stage] as TrainStage, state);
    state = await stage.run();
    await training.folder.save(state);
  }
  return state.best;
}
