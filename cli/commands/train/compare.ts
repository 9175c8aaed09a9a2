import { defineCommand } from "../../define-command.ts";
import { compareRuns, describeRuns } from "../../training/run/compare-runs.ts";

export const compare = defineCommand({
  description:
    "Compare finished runs. Accuracies have a 95 % interval (Wilson). Each run is compared with the first by McNemar's exact test, if both have the same test photos: the same photos and the same seed give them.",
  arguments: {
    runs: { placeholder: "RUN", help: "folders of finished runs", repeated: true },
  },
  run: async ({ args: { runs } }) => {
    const compared = await compareRuns(runs);
    return { result: { runs: compared }, text: describeRuns(compared) };
  },
});
