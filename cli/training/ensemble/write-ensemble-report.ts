/** The report of an ensemble for people: a page that links to those of its members. */
import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { guardWriting } from "../../files/writing-failed.ts";
import { formatDifference } from "../run/compare-runs.ts";
import { escapeHtml } from "../run/report/draw-picture.ts";
import { REPORT, STYLE } from "../run/write-report.ts";
import { formatPart } from "./describe-ensemble.ts";
import type { EnsembleReport } from "./ensemble-report.ts";
import { type AnswerRow, explainOutcome, listAnswers } from "./list-answers.ts";

/** Of a drawn interval, in pixels. */
const WIDTH = 240;
const HEIGHT = 20;

export async function writeEnsembleReport(report: EnsembleReport): Promise<void> {
  const { folder, classes, photos, members, outcome, warnings } = report;
  const name = escapeHtml(basename(resolve(folder)));
  const title = `${name}: ${members.length} networks for ${classes.length} classes`;
  const paragraphs = [...explainOutcome(members, outcome), ...warnings.map((one) => `${one}.`)];
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style>
<h1>${title}</h1>
<p>Trained on ${photos.train} photos. ${photos.validation} photos chose weights and members, and ${photos.test} were used for nothing but the test. The lines are 95 % intervals (Wilson); differences are tested by McNemar’s exact test.</p>
<div class="wide"><table><tr><th>answers of</th><th>validation</th><th>test</th><th>0 to 100 %</th><th>loss</th><th>differs from the best member</th></tr>
${listAnswers(members, outcome).map(drawRow).join("\n")}
</table></div>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}
</html>
`;
  await guardWriting(folder, () => writeFile(join(folder, REPORT), html));
}

function drawRow({ name, folder, figures: { validation, test, difference } }: AnswerRow): string {
  const title = escapeHtml(name);
  const link =
    folder === undefined ? title : `<a href="${encodeURIComponent(folder)}/${REPORT}">${title}</a>`;
  const cells = [
    formatPart(validation),
    formatPart(test),
    test ? drawInterval(test.right / test.photos, test.interval) : "–",
    test ? test.loss.toFixed(3) : "–",
    difference ? formatDifference(difference) : "–",
  ];
  return `<tr><th>${link}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** @param share - from 0 to 1, as the ends of the interval */
function drawInterval(share: number, [low, high]: readonly [number, number]): string {
  const x = (value: number) => (value * WIDTH).toFixed(1);
  const middle = HEIGHT / 2;
  return `<svg width="${WIDTH}" height="${HEIGHT}" aria-hidden="true"><path d="M0 ${middle}H${WIDTH}" stroke="#ddd"/><path d="M${x(low)} ${middle}H${x(high)}" stroke="#28503c" stroke-width="4"/><circle cx="${x(share)}" cy="${middle}" r="5" fill="#288c50"/></svg>`;
}
