/** The report of a run for people: a page without other files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "jpeg-js";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { trainingChart } from "../../charts/training-chart.ts";
import { drawChart } from "../../charts/write-chart.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import type { EpochEntry, RunPhoto, Score } from "./run-folder.ts";

export const REPORT = "report.html";

const MAX_MISTAKES = 12;
/** Of pictures in JPEG. */
const QUALITY = 85;

/** A photo that was not trained on, and what the network says of it. */
export type Judged = {
  readonly photo: RunPhoto;
  /** [C] */
  readonly logits: Float32Array;
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
    `<tr><th>${name}</th><td>${count}</td><td>${score ? percent(score.accuracy) : "–"}</td><td>${score ? score.loss.toFixed(3) : "–"}</td></tr>`;
  const heading = escapeHtml(title);
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${heading}</title><style>${STYLE}</style>
<h1>${heading}</h1>
<table><tr><th>photos</th><th>number</th><th>right</th><th>loss</th></tr>
${row("for training", counts.train, null)}${row("for validation", counts.validation, validation)}${row("for the test", counts.test, test)}</table>
<h2>Training</h2>
<div class="wide">${await drawChart(trainingChart(epochs))}</div>
<h2>Confusion matrix</h2>
<p>How often photos of the class on the left got the answer above, of the photos ${counts.test > 0 ? "for the test" : "for validation"}.</p>
<div class="wide">${drawConfusion(classes, facts.judged)}</div>
<h2>Worst mistakes</h2>
${(await drawMistakes(facts)) || "<p>There are none.</p>"}
<h2>Augmentation</h2>
<p>Photos as they are trained on; each row is one photo.</p>
<div class="sheet">${augmented.map((images) => `<div>${images.map((image) => drawPicture(image, "")).join("")}</div>`).join("")}</div>
</html>
`;
  await guardWriting(folder, () => writeFile(join(folder, REPORT), html));
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

async function drawMistakes({ classes, judged, picture }: ReportFacts): Promise<string> {
  const mistakes = judged
    .map(({ photo, logits }) => ({ photo, logits, answer: firstOf(logits) }))
    .filter(({ photo, answer }) => answer !== photo.class)
    .map(({ photo, logits, answer }) => {
      const confidence = softmax(logits)[answer] as number;
      return { photo, answer, confidence };
    })
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, MAX_MISTAKES);
  const figures: string[] = [];
  for (const { photo, answer, confidence } of mistakes) {
    const is = escapeHtml(classes[photo.class] as string);
    const says = escapeHtml(classes[answer] as string);
    const image = drawPicture(await picture(photo), `${is}, taken for ${says}`);
    const caption = `${is}, taken for <b>${says}</b> (${percent(confidence)})<br>${escapeHtml(photo.path)}`;
    figures.push(`<figure>${image}<figcaption>${caption}</figcaption></figure>`);
  }
  return figures.join("");
}

function drawPicture({ width, height, data }: RgbImage, alt: string): string {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const file = encode({ width, height, data: rgba }, QUALITY).data;
  return `<img alt="${alt}" width="${width}" height="${height}" src="data:image/jpeg;base64,${file.toString("base64")}">`;
}

function firstOf(logits: Float32Array): number {
  return topK(Float64Array.from(logits), 1)[0]?.classIndex ?? 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
