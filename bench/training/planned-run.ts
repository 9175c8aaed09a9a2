/** What is trained, and what is known of it afterwards. */
import * as z from "zod";

type Planned = {
  /** Path of its folder below that of the experiment: photos, setting and seed, as in `flowers-100/augmented/0`. */
  readonly name: string;
  /** CSV file of the photos that the network is tested on. */
  readonly test: string;
  /** What it costs, compared with other runs; a guess. */
  readonly work: number;
};

/** A setting trained with one seed. */
export type TrainedRun = Planned & {
  /** The settings of `train run`, without those that are left at their defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of runs that must be finished before. */
  readonly needs: readonly string[];
};

/** The mean of the weights of trained networks, which come from the same base. */
export type AveragedRun = Planned & {
  /** Names of runs. */
  readonly members: readonly string[];
};

export type PlannedRun = TrainedRun | AveragedRun;

/** Names of the runs that must be finished before. */
export function neededBy(run: PlannedRun): readonly string[] {
  return "members" in run ? run.members : run.needs;
}

const answersSchema = z.strictObject({
  /** Index of the true class of each photo. */
  truths: z.array(z.int().min(0)),
  /** [C] for each photo. */
  logits: z.array(z.array(z.number())),
});

export const measuredSchema = z.strictObject({
  /** Ids, in the order of the network's output. */
  classes: z.array(z.string()),
  /** Photos that were trained on. */
  photos: z.int(),
  epochs: z.int(),
  validation: answersSchema,
  test: answersSchema,
  /** CPU time of the whole process; null if the run was interrupted. */
  cpuSeconds: z.number().nullable(),
  peakBytes: z.number(),
});

/** A network's answers to photos. */
export type Answers = z.infer<typeof answersSchema>;
export type Measured = z.infer<typeof measuredSchema>;

/** In the folder of a run; if it is there, the run is finished. */
export const MEASURED = "measured.json";
