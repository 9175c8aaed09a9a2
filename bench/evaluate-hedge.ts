/**
 * `npm run eval:hedge [-- EFFICIENTNET RESNET]`: compares hedged answers with the plain threshold rule, on
 * imagenette-val of ../shared, and counts what the rules answer to images that show no class. The arguments
 * are model folders. Prints tables and writes docs/figures/hedge.svg.
 */
import { mkdir } from "node:fs/promises";
import { writeChart } from "../cli/charts/write-chart.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { decide, type Verdict } from "../src/answers/answer.ts";
import { findKinds, type HedgedAnswer, hedge } from "../src/answers/hedge.ts";
import { topK } from "../src/inference/top-k.ts";
import type { ClassLabel } from "../src/labels/class-label.ts";
import { printNonsense } from "./nonsense/print-nonsense.ts";
import { printRightAnswers } from "./nonsense/print-right-answers.ts";
import { type PhotoPredictions, predictPhotos, requirePhotos } from "./predict-photos.ts";

const [EFFICIENTNET = "models/efficientnet-lite0", RESNET = "models/resnet18"] =
  process.argv.slice(2);
const MODELS = [
  { name: "efficientnet-lite0", folder: EFFICIENTNET },
  { name: "resnet18", folder: RESNET },
];
/** The harder of the two sets: on the other one, EfficientNet-Lite0 is right on nine of ten photos. */
const SET = "imagenette-val";
const THRESHOLDS = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
const IN_THE_TABLE = [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95];
const FIGURE = new URL("../docs/figures/hedge.svg", import.meta.url);
const RULES = ["plain", "hedged"] as const;

type Rule = (typeof RULES)[number];

/** Rates in percent of all photos. */
type Point = {
  readonly photos: string;
  readonly rule: Rule;
  readonly threshold: number;
  /** The correct class. */
  readonly classes: number;
  /** A correct kind of thing. */
  readonly kinds: number;
  /** A correct class or kind. */
  readonly right: number;
  readonly wrong: number;
  /** No answer. */
  readonly none: number;
  /** Mean over the photos: 1 for the correct class, 0 for a wrong answer or no answer. */
  readonly information: number;
};

for (const { name, folder } of MODELS) await printNonsense(name, folder);
requirePhotos();
const points: Point[] = [];
for (const { name, folder } of MODELS) {
  const predictions = await predictPhotos(folder, SET);
  const photos = `${SET}, ${name}`;
  const answers = predictions.probabilities.map((distribution, i) =>
    findKinds(predictions.labels, distribution, predictions.familiar[i]),
  );
  for (const rule of RULES) {
    for (const threshold of THRESHOLDS) {
      points.push({ photos, rule, threshold, ...tally(predictions, answers, rule, threshold) });
    }
  }
  const ofSet = points.filter((point) => point.photos === photos);
  console.log(`\n${name} on ${SET} (${predictions.truths.length} photos)\n`);
  printTable(ofSet);
  console.log();
  for (const plain of ofSet) {
    if (plain.rule === "plain" && IN_THE_TABLE.includes(plain.threshold)) compare(plain, ofSet);
  }
  await printRightAnswers(folder, {
    [SET]: predictions,
    dev1k: await predictPhotos(folder, "dev1k"),
  });
}
await mkdir(new URL(".", FIGURE), { recursive: true });
const chart = (field: "right" | "information", title: string) => ({
  width: 320,
  height: 220,
  mark: { type: "line", strokeWidth: 2 } as const,
  encoding: {
    column: { field: "photos", title: null },
    x: { field: "wrong", type: "quantitative", title: "wrong answers, % of photos" },
    y: { field, type: "quantitative", title, scale: { zero: false } },
    color: { field: "rule", title: "rule", sort: [...RULES] },
    order: { field: "threshold", type: "quantitative" },
  } as const,
});
await writeChart(FIGURE, {
  data: { values: points },
  vconcat: [chart("right", "right answers, % of photos"), chart("information", "mean information")],
});
console.log(`\nWrote docs/figures/hedge.svg.`);

function tally(
  { labels, truths, probabilities, familiar }: PhotoPredictions,
  kindsOf: readonly (readonly HedgedAnswer[])[],
  rule: Rule,
  threshold: number,
): Omit<Point, "photos" | "rule" | "threshold"> {
  let classes = 0;
  let kinds = 0;
  let wrong = 0;
  let information = 0;
  probabilities.forEach((distribution, i) => {
    const truth = truths[i] as string;
    const { verdict } = decide({
      ranked: topK(distribution, 1),
      threshold,
      recommendedThreshold: threshold,
      familiar: rule === "hedged" ? familiar[i] : undefined,
      hedge: (needed) => (rule === "hedged" ? hedge(kindsOf[i] ?? [], needed) : undefined),
    });
    if (verdict.type === "UNKNOWN") return;
    if (!isRight(verdict, labels, truth)) {
      wrong++;
      return;
    }
    if (verdict.type === "CLASS") classes++;
    else kinds++;
    information += informationOf(verdict, labels);
  });
  const percent = (count: number) => (100 * count) / truths.length;
  return {
    classes: percent(classes),
    kinds: percent(kinds),
    right: percent(classes + kinds),
    wrong: percent(wrong),
    none: percent(truths.length - classes - kinds - wrong),
    information: information / truths.length,
  };
}

function isRight(verdict: Verdict, labels: readonly ClassLabel[], truth: string): boolean {
  if (verdict.type === "UNKNOWN") return false;
  if (verdict.type === "CLASS") return labels[verdict.classIndex]?.id === truth;
  const label = labels.find(({ id }) => id === truth);
  return label?.ancestors.includes(verdict.kind) ?? false;
}

/** The information in an answer, in bits, relative to that in a class: 0 to 1. Source: Deng et al. 2012. */
function informationOf(verdict: Verdict, labels: readonly ClassLabel[]): number {
  if (verdict.type === "CLASS") return 1;
  if (verdict.type === "UNKNOWN") return 0;
  const beneath = labels.filter(({ ancestors }) => ancestors.includes(verdict.kind)).length;
  return 1 - Math.log2(beneath) / Math.log2(labels.length);
}

function printTable(ofSet: readonly Point[]): void {
  const shown = ofSet.filter(({ threshold }) => IN_THE_TABLE.includes(threshold));
  console.log(
    formatTable(
      ["rule", "threshold", "right class", "right kind", "wrong", "no answer", "information"],
      shown.map((point) => [
        point.rule,
        point.threshold.toFixed(2),
        ...[point.classes, point.kinds, point.wrong, point.none].map((x) => `${x.toFixed(1)} %`),
        point.information.toFixed(3),
      ]),
    ),
  );
}

/** Compares the plain rule with the most informative hedged threshold that is not wrong more often. */
function compare(plain: Point, ofSet: readonly Point[]): void {
  const [best] = ofSet
    .filter(({ rule, wrong }) => rule === "hedged" && wrong <= plain.wrong)
    .sort((a, b) => b.information - a.information);
  console.log(
    best === undefined
      ? `Plain at ${plain.threshold.toFixed(2)} is wrong on ${plain.wrong.toFixed(1)} %; every hedged threshold is wrong more often.`
      : `Plain at ${plain.threshold.toFixed(2)}: ${plain.wrong.toFixed(1)} % wrong, ${plain.right.toFixed(1)} % right, information ${plain.information.toFixed(3)}. ` +
          `Hedged at ${best.threshold.toFixed(2)}: ${best.wrong.toFixed(1)} % wrong, ${best.right.toFixed(1)} % right (${signed(best.right - plain.right)} points), information ${best.information.toFixed(3)}.`,
  );
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}
