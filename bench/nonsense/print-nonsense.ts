/** Prints what the rules answer to images that show none of a model's classes. */
import { readdir } from "node:fs/promises";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { loadModelFolder } from "../../cli/models/load-model-folder.ts";
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { formatTable } from "../../cli/terminal/format-table.ts";
import type { Verdict } from "../../src/answers/answer.ts";
import { isFamiliar, measure } from "../../src/answers/familiarity.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import { softmax } from "../../src/inference/softmax.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { answerBy, RULES } from "./answer-nonsense.ts";
import { drawNonsense, NONSENSE_KINDS } from "./draw-nonsense.ts";
import { drawOtherNonsense, OTHER_KINDS } from "./draw-other-nonsense.ts";
import { drawUnseenNonsense, UNSEEN_KINDS } from "./draw-unseen-nonsense.ts";

const IMAGES_OF_EACH_KIND = 25;
const DOCS = new URL("../../docs/photos/", import.meta.url).pathname;
const ASTRONAUT = "astronaut.jpg";

type Image = {
  readonly group: string;
  readonly kind: string;
  readonly tensor: () => Promise<Float32Array>;
};
type Answered = Image & { readonly verdicts: Readonly<Record<string, Verdict>> };

/** Counts the images that get no answer, by kind of image, and lists the answers to portraits. */
export async function printNonsense(name: string, folder: string): Promise<void> {
  const model = await readModelFolder(folder);
  const { calibration, recommendedThreshold, labels: spec } = model.manifest;
  const preprocess = preprocessOf(model.manifest);
  const labels = labelClasses(spec, await readLabelSources());
  const network = await loadModelFolder(model);
  const numbers = Array.from({ length: IMAGES_OF_EACH_KIND }, (_, number) => number);
  const photo = (file: string) => () => readTensor(`${DOCS}${file}`, preprocess);
  const portraits = (await readdir(DOCS)).filter((file) => file.startsWith("portrait-"));
  const images: Image[] = [
    ...NONSENSE_KINDS.flatMap((kind) =>
      numbers.map((number) => ({
        group: "all",
        kind,
        tensor: async () => imageToTensor(drawNonsense(kind, number), preprocess),
      })),
    ),
    { group: "all", kind: "portrait", tensor: photo(ASTRONAUT) },
    ...OTHER_KINDS.flatMap((kind) =>
      numbers.map((number) => ({
        group: "all others",
        kind,
        tensor: async () => imageToTensor(drawOtherNonsense(kind, number), preprocess),
      })),
    ),
    ...UNSEEN_KINDS.flatMap((kind) =>
      numbers.map((number) => ({
        group: "all unseen",
        kind,
        tensor: async () => imageToTensor(drawUnseenNonsense(kind, number), preprocess),
      })),
    ),
    ...portraits.map((file) => ({ group: "portraits", kind: file, tensor: photo(file) })),
  ];
  const answered: Answered[] = [];
  for (const image of images) {
    const outputs = await network.run(await image.tensor());
    const asked = {
      labels,
      probabilities: softmax(outputs.logits, calibration?.temperature),
      familiar: isFamiliar(measure(outputs), calibration?.familiarity),
      threshold: recommendedThreshold,
    };
    const verdicts = Object.fromEntries(RULES.map((rule) => [rule, answerBy(rule, asked)]));
    answered.push({ ...image, verdicts });
  }
  await network.release();
  console.log(`\n${name} on images without a class, at ${recommendedThreshold}\n`);
  const header = RULES.flatMap((rule) => [`${rule}: not sure`, "kind", "class"]);
  const rows = [...Map.groupBy(answered, ({ group }) => group)].flatMap(([group, ofGroup]) => [
    ...[...Map.groupBy(ofGroup, ({ kind }) => kind)].map(([kind, ofKind]) =>
      countRow(kind, ofKind),
    ),
    ...(group === "portraits" ? [] : [countRow(group, ofGroup)]),
  ]);
  console.log(formatTable(["image", "count", ...header], rows));
  for (const { kind, group, verdicts } of answered) {
    if (group !== "portraits" && kind !== "portrait") continue;
    console.log(
      `${kind}: ${RULES.map((rule) => `${rule} ${describe(verdicts[rule], labels)}`).join("; ")}`,
    );
  }
}

function countRow(title: string, images: readonly Answered[]): string[] {
  const counts = RULES.flatMap((rule) =>
    (["UNKNOWN", "ANCESTOR", "CLASS"] as const).map((type) =>
      String(images.filter(({ verdicts }) => verdicts[rule]?.type === type).length),
    ),
  );
  return [title, String(images.length), ...counts];
}

function describe(verdict: Verdict | undefined, labels: readonly ClassLabel[]): string {
  if (!verdict || verdict.type === "UNKNOWN") return "not sure";
  const named = verdict.type === "CLASS" ? labels[verdict.classIndex] : verdict.kind;
  return `${named?.names.EN[0]}, ${(100 * verdict.confidence).toFixed(0)} %`;
}
