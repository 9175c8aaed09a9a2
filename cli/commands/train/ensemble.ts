import { defineCommand } from "../../define-command.ts";
import {
  beginEnsemble,
  planMembers,
  requireNewEnsemble,
} from "../../training/ensemble/begin-ensemble.ts";
import { describeEnsemble } from "../../training/ensemble/describe-ensemble.ts";
import { finishEnsemble } from "../../training/ensemble/finish-ensemble.ts";
import { NEW_RUN_ARGUMENTS, NEW_RUN_OPTIONS } from "../../training/run/new-run-options.ts";
import { readConfig, resolveBase } from "../../training/run/read-config.ts";

/** Of one network. Of several, one each. */
const DEFAULT_SEEDS = 5;

export const ensemble = defineCommand({
  description: `Fine-tune several networks on the same photos, and measure them together: the mean of their answers, the mean with weights that are chosen on the photos for validation, and, if all start from the same network, one network with the mean of their weights (a model soup). Each is compared with the best member on test photos that are used for nothing else.

Each member is a run in a folder inside FOLDER, as train run makes it. A mean costs as much memory and time for each photo as all members together; the soup costs as much as one. After Ctrl-C or a crash, continue with train resume FOLDER.`,
  arguments: NEW_RUN_ARGUMENTS,
  options: {
    ...NEW_RUN_OPTIONS,
    out: {
      type: "text",
      required: true,
      placeholder: "FOLDER",
      help: "where the ensemble is written",
    },
    base: {
      type: "text",
      repeated: true,
      placeholder: "MODEL",
      help: "a network to start from: an embedded model or a model folder",
      defaultText: "resnet18",
    },
    seeds: {
      type: "number",
      min: 1,
      max: 100,
      integer: true,
      placeholder: "N",
      help: "members from each network, which differ by their seeds",
      defaultText: `${DEFAULT_SEEDS}, or 1 with several networks`,
    },
    seed: {
      type: "number",
      min: 0,
      max: 0xffffffff,
      integer: true,
      placeholder: "N",
      help: "the first member's seed, which also decides the parts of the photos",
      defaultText: "0",
    },
    force: { type: "flag", help: "replace the ensemble, the run or the model that FOLDER holds" },
  },
  run: async ({ args: { photos }, options }) => {
    const { out, base, force, json: silent } = options;
    const bases = base.map((name) => resolveBase(name, out));
    const config = await readConfig(photos, { ...options, base: bases[0], force: true });
    const count = options.seeds ?? (bases.length > 1 ? 1 : DEFAULT_SEEDS);
    const members = planMembers(
      bases.length > 0 ? bases : [config.base],
      Array.from({ length: count }, (_, i) => (config.seed + i) >>> 0),
    );
    if (!force) await requireNewEnsemble(out, members, config);
    const running = { ...options, silent };
    const { damaged, warnings } = await beginEnsemble(out, members, config, running);
    const finished = await finishEnsemble(out, running);
    const report = { ...finished, damaged, warnings: [...warnings, ...finished.warnings] };
    return { result: report, text: describeEnsemble(report) };
  },
});
