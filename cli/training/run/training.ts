/** What training a network takes, and what it reports meanwhile. */
import type { Graph } from "../../../src/graphs/graph.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import type { TeacherOutputs } from "../distill/teacher-outputs.ts";
import type { Hardware } from "../load-engine.ts";
import type { BatchMaker } from "./make-batches.ts";
import type { EpochEntry, RunFolder, RunPhoto } from "./run-folder.ts";

/** What is shown while training. */
export type Report = {
  readonly epoch: number;
  readonly epochs: number;
  /** Photos of this epoch that were trained on. */
  readonly done: number;
  readonly total: number;
  /** Mean of this epoch so far. */
  readonly loss: number;
};

export type Training = {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  /** With a new head, and the base model's weights. */
  readonly graph: Graph;
  /** The name of the tensor with one number for each class. */
  readonly logits: string;
  readonly train: readonly RunPhoto[];
  /** May be empty: then the last weights are the result. */
  readonly validation: readonly RunPhoto[];
  readonly batches: BatchMaker;
  /** The soft targets; undefined without distillation. */
  readonly teacherOutputs: TeacherOutputs | undefined;
  readonly hardware: Hardware;
  /** Continues what is interrupted; train resume of the folder if undefined. */
  readonly resumeCommand?: string | undefined;
  /** False if the frozen part of the network is to be run in each epoch; for comparisons. */
  readonly keepsOutputs?: boolean;
  /** Ends training after the current step. */
  readonly signal: AbortSignal;
  /** Gets the number of photos that the frozen part of the network was computed for, before the first epoch. */
  readonly onFrozen: (done: number, total: number) => void;
  readonly onStep: (report: Report) => void;
  readonly onEpoch: (entry: EpochEntry) => void;
};
