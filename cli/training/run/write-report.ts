/** The report of a run for people: a page without other files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binByConfidence, scorePredictions } from "../../../src/evaluate/calibration.ts";
import { drawOverlay } from "../../../src/imaging/draw-heatmap.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import type { ActivationMap } from "../../../src/inference/activation-map.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import type { TrainingOrigin } from "../../../src/models/training-origin.ts";
import { reliabilityChart } from "../../charts/evaluation-charts.ts";
import { trainingChart } from "../../charts/training-chart.ts";
import { drawChart } from "../../charts/write-chart.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import { formatPercent } from "../../terminal/format-percent.ts";
import { drawPicture, escapeHtml } from "./report/draw-picture.ts";
import type { Answered } from "./report/explain-answers.ts";
import type { EpochEntry, RunPhoto, Score } from "./run-folder.ts";

export const REPORT = "report.html";

const MAX_MISTAKES = 12;

/** A photo that was not trained on, and what the network says of it. */
export type Judged = {
  readonly photo: RunPhoto;
  /** [C] */
  readonly logits: Float32Array;
};

/** What a run took. */
export type RunCost = {
  /** Null if the run was interrupted. */
  readonly seconds: number | null;
  /** Mean of the epochs of this process; undefined if it trained none. */
  readonly secondsPerEpoch: number | undefined;
  /** Highest resident memory of the process. */
  readonly peakBytes: number;
};

export type ReportFacts = {
  readonly title: string;
  /** Ids, in the order of the network's output. */
  readonly classes: readonly string[];
  readonly counts: Readonly<Record<RunPhoto["part"], number>>;
  readonly validation: Score | null;
  readonly test: Score | null;
  readonly epochs: readonly EpochEntry[];
  /** The photos of the test; those for validation if there are none. */
  readonly judged: readonly Judged[];
  /** Fitted on the photos for validation; undefined if there are none. */
  readonly temperature: number | undefined;
  /** Undefined if the network has no features to explain answers by. */
  readonly explain: ((answered: readonly Answered[]) => Promise<ActivationMap[]>) | undefined;
  readonly origin: TrainingOrigin;
  readonly cost: RunCost;
  /** What the network sees of a photo. */
  readonly picture: (photo: RunPhoto) => Promise<RgbImage>;
  /** Rows of photos as they are trained on: each row is one photo, changed differently. */
  readonly augmented: readonly (readonly RgbImage[])[];
};

/** Of all reports. */
export const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
table{border-collapse:collapse}td,th{padding:.25rem .6rem;text-align:right;border:1px solid #ddd}
th{font-weight:600;background:#f6f6f6}figure{display:inline-block;margin:0 1rem 1rem 0;width:10rem;vertical-align:top}
figure img,.sheet img{width:10rem;height:auto;display:block}.sheet img{display:inline-block;width:6rem;margin:2px}
figcaption{font-size:.85rem;overflow-wrap:anywhere}.wide{overflow-x:auto}`;

export async function writeReport(folder: string, facts: ReportFacts): Promise<void> {
  const { title, classes, counts, validation, test, epochs, augmented } = facts;
  const row = (name: string, count: number, score: Score | null) =>
    `<tr><th>${name}</th><td>${count}</td><td>${score ? formatPercent(score.accuracy) : "–"}</td><td>${score ? score.loss.toFixed(3) : "–"}</td></tr>`;
  const heading = escapeHtml(title);
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${heading}</title><style>${STYLE}</style>
<h1>${heading}</h1>
<table><tr><th>photos</th><th>number</th><th>right</th><th>loss</th></tr>
${row("for training", counts.train, null)}${row("for validation", counts.validation, validation)}${row("for the test", counts.test, test)}</table>
<h2>Origin</h2>
${drawOrigin(facts)}
<h2>Training</h2>
<div class="wide">${await drawChart(trainingChart(epochs))}</div>
<h2>Confusion matrix</h2>
<p>How often photos of the class on the left got the answer above, of the photos ${counts.test > 0 ? "for the test" : "for validation"}.</p>
<div class="wide">${drawConfusion(classes, facts.judged)}</div>
<h2>Reliability</h2>
<p>How often answers of each confidence are right. The numbers count photos.</p>
<div class="wide">${await drawReliability(facts)}</div>
<h2>Worst mistakes</h2>
${facts.explain ? "<p>The heat map shows what speaks for the wrong answer.</p>" : ""}
${(await drawMistakes(facts)) || "<p>There are none.</p>"}
<h2>Augmentation</h2>
<p>Photos as they are trained on; each row is one photo.</p>
<div class="sheet">${augmented.map((images) => `<div>${images.map((image) => drawPicture(image, "")).join("")}</div>`).join("")}</div>
</html>
`;
  await guardWriting(folder, () => writeFile(join(folder, REPORT), html));
}

function drawOrigin({ origin, cost }: ReportFacts): string {
  const { method, base, fromInt8, settings } = origin;
  const { seconds, secondsPerEpoch, peakBytes } = cost;
  const rows = Object.entries({
    method,
    base: `${base}${fromInt8 ? " (its int8 weights)" : ""}`,
    ...settings,
    ...(seconds === null ? {} : { time: `${seconds.toFixed(1)} s` }),
    ...(secondsPerEpoch === undefined
      ? {}
      : { "time for an epoch": `${secondsPerEpoch.toFixed(1)} s` }),
    "peak memory of the process": `${(peakBytes / 1e6).toFixed(0)} MB`,
  });
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(`${value}`)}</td></tr>`).join("")}</table>`;
}

/** Confidences as the network gives them and, if other photos have chosen a temperature, calibrated by it. */
async function drawReliability({ judged, counts, temperature }: ReportFacts): Promise<string> {
  if (judged.length === 0) return "<p>There are no photos to show it on.</p>";
  const logits = judged.map((one) => one.logits);
  const truths = judged.map(({ photo }) => photo.class);
  const bins = (divisor: number) => binByConfidence(scorePredictions(logits, truths, divisor));
  return drawChart(
    reliabilityChart("", {
      "as trained": bins(1),
      ...(counts.test > 0 && temperature !== undefined ? { calibrated: bins(temperature) } : {}),
    }),
  );
}

function drawConfusion(classes: readonly string[], judged: readonly Judged[]): string {
  const counts = classes.map(() => new Array<number>(classes.length).fill(0));
  for (const { photo, logits } of judged) {
    const row = counts[photo.class] as number[];
    const answer = firstOf(logits);
    row[answer] = (row[answer] as number) + 1;
  }
  const head = classes.map((id) => `<th>${escapeHtml(id)}</th>`).join("");
  const rows = counts.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, k) => {
      const share = total > 0 ? count / total : 0;
      const colour = k === i ? "40,140,80" : "200,60,40";
      return `<td style="background:rgba(${colour},${(0.6 * share).toFixed(2)})">${count}</td>`;
    });
    return `<tr><th>${escapeHtml(classes[i] as string)}</th>${cells.join("")}</tr>`;
  });
  return `<table><tr><th></th>${head}</tr>${rows.join("")}</table>`;
}

async function drawMistakes({ classes, judged, picture, explain }: ReportFacts): Promise<string> {
  const mistakes = judged
    .map(({ photo, logits }) => ({ photo, logits, answer: firstOf(logits) }))
    .filter(({ photo, answer }) => answer !== photo.class)
    .map(({ photo, logits, answer }) => {
      const confidence = softmax(logits)[answer] as number;
      return { photo, answer, confidence };
    })
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, MAX_MISTAKES);
  const maps = mistakes.length > 0 ? ((await explain?.(mistakes)) ?? []) : [];
  const figures: string[] = [];
  for (const [i, { photo, answer, confidence }] of mistakes.entries()) {
    const is = escapeHtml(classes[photo.class] as string);
    const says = escapeHtml(classes[answer] as string);
    const seen = await picture(photo);
    const map = maps[i];
    const heat = map ? drawPicture(drawOverlay(map, seen), `Heat map for ${says}`) : "";
    const image = drawPicture(seen, `${is}, taken for ${says}`) + heat;
    const caption = `${is}, taken for <b>${says}</b> (${formatPercent(confidence)})<br>${escapeHtml(photo.path)}`;
    figures.push(`<figure>${image}<figcaption>${caption}</figcaption></figure>`);
  }
  return figures.join("");
}

function firstOf(logits: Float32Array): number {
  return topK(Float64Array.from(logits), 1)[0]?.classIndex ?? 0;
}
