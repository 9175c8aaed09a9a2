/** What the former and the present rule answer at a model's own threshold: to nonsense, and to photos. */

import { readTensor } from "../../cli/images/read-tensor.ts";
import { loadModelFolder } from "../../cli/models/load-model-folder.ts";
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { formatTable } from "../../cli/terminal/format-table.ts";
import { decide, type Verdict } from "../../src/answers/answer.ts";
import { findKinds, hedge } from "../../src/answers/hedge.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import type { PhotoPredictions } from "../predict-photos.ts";
import { drawNonsense, NONSENSE_KINDS } from "./draw-nonsense.ts";
import { hedgeAsFormerly } from "./former-hedge.ts";

const IMAGES_OF_EACH_KIND = 25;
const PORTRAIT = new URL("../../docs/photos/astronaut.jpg", import.meta.url).pathname;
const RULES = ["former", "present"] as const;

type Rule = (typeof RULES)[number];

/** Counts the images that get no answer, by kind of image. */
export async function printNonsense(name: string, folder: string): Promise<void> {
  const model = await readModelFolder(folder);
  const { calibration, recommendedThreshold, labels: spec } = model.manifest;
  const preprocess = preprocessOf(model.manifest);
  const labels = labelClasses(spec, await readLabelSources());
  const network = await loadModelFolder(model);
  const images = NONSENSE_KINDS.flatMap((kind) =>
    Array.from({ length: IMAGES_OF_EACH_KIND }, (_, number) => ({
      kind: kind as string,
      tensor: async () => imageToTensor(drawNonsense(kind, number), preprocess),
    })),
  );
  images.push({ kind: "portrait", tensor: () => readTensor(PORTRAIT, preprocess) });
  const verdicts: { kind: string; former: Verdict; present: Verdict }[] = [];
  for (const { kind, tensor } of images) {
    const { logits } = await network.run(await tensor());
    const distribution = softmax(logits, calibration?.temperature);
    const ask = (rule: Rule) => answer(rule, labels, distribution, recommendedThreshold);
    verdicts.push({ kind, former: ask("former"), present: ask("present") });
  }
  await network.release();
  const row = (title: string, of: typeof verdicts) => {
    const cells = RULES.flatMap((rule) => {
      const count = (type: Verdict["type"]) => of.filter((one) => one[rule].type === type).length;
      return [String(count("UNKNOWN")), String(count("ANCESTOR")), String(count("CLASS"))];
    });
    return [title, String(of.length), ...cells];
  };
  const kinds = [...new Set(verdicts.map(({ kind }) => kind))];
  console.log(`\n${name} on images without a class, at ${recommendedThreshold}\n`);
  console.log(
    formatTable(
      ["image", "count", ...RULES.flatMap((rule) => [`${rule}: not sure`, "kind", "class"])],
      [
        ...kinds.map((kind) =>
          row(
            kind,
            verdicts.filter((one) => one.kind === kind),
          ),
        ),
        row("all", verdicts),
      ],
    ),
  );
}

/** Counts the right answers to photos, with and without kinds of more than half of the classes. */
export async function printRightAnswers(
  folder: string,
  sets: Readonly<Record<string, PhotoPredictions>>,
): Promise<void> {
  const { recommendedThreshold } = (await readModelFolder(folder)).manifest;
  const rows = Object.entries(sets).flatMap(([set, photos]) =>
    RULES.map((rule) => [set, rule, ...rates(rule, photos, recommendedThreshold)]),
  );
  console.log(`\nRight answers at ${recommendedThreshold}\n`);
  console.log(
    formatTable(["photos", "rule", "right", "right, at least one bit", "wrong", "no answer"], rows),
  );
}

function rates(
  rule: Rule,
  { labels, truths, probabilities }: PhotoPredictions,
  threshold: number,
): string[] {
  const byId = new Map(labels.map((label) => [label.id, label]));
  let right = 0;
  let telling = 0;
  let none = 0;
  probabilities.forEach((distribution, i) => {
    const verdict = answer(rule, labels, distribution, threshold);
    const truth = byId.get(truths[i] as string);
    if (verdict.type === "UNKNOWN") none++;
    else if (verdict.type === "CLASS") {
      if (labels[verdict.classIndex] !== truth) return;
      right++;
      telling++;
    } else if (truth?.ancestors.includes(verdict.kind)) {
      const { length } = labels.filter(({ ancestors }) => ancestors.includes(verdict.kind));
      right++;
      if (length <= labels.length / 2) telling++;
    }
  });
  return [right, telling, truths.length - right - none, none].map(
    (count) => `${((100 * count) / truths.length).toFixed(1)} %`,
  );
}

function answer(
  rule: Rule,
  labels: readonly ClassLabel[],
  distribution: Float64Array,
  threshold: number,
): Verdict {
  const { verdict } = decide({
    ranked: topK(distribution, 1),
    threshold: undefined,
    recommendedThreshold: threshold,
    hedge: (needed) =>
      rule === "former"
        ? hedgeAsFormerly(labels, distribution, needed)
        : hedge(findKinds(labels, distribution), needed),
  });
  return verdict;
}
