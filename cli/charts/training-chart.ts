import type { TopLevelSpec } from "vega-lite";
import type { EpochEntry } from "../training/run/run-folder.ts";

const WIDTH = 330;
const HEIGHT = 200;

/** Loss and accuracy by epoch, for training and validation, one below the other. */
export function trainingChart(entries: readonly EpochEntry[]): TopLevelSpec {
  const values = entries.flatMap(({ train, validation }, i) => [
    { epoch: i + 1, photos: "training", ...train },
    ...(validation ? [{ epoch: i + 1, photos: "validation", ...validation }] : []),
  ]);
  const curve = (field: string, title: string) => ({
    width: WIDTH,
    height: HEIGHT,
    mark: { type: "line" as const, point: true },
    encoding: {
      x: { field: "epoch", type: "quantitative" as const, axis: { tickMinStep: 1 } },
      y: { field, type: "quantitative" as const, title },
      color: { field: "photos", type: "nominal" as const, title: null },
    },
  });
  return {
    data: { values },
    hconcat: [curve("loss", "loss"), curve("accuracy", "share of right answers")],
  };
}
