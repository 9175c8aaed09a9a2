/**
 * Images without a correct class, and photos with one, through both embedded networks. `npm run eval:hedge` has
 * more of them.
 */
import { describe, expect, it } from "vitest";
import { drawNonsense, NONSENSE_KINDS } from "../../bench/nonsense/draw-nonsense.ts";
import { readTensor } from "../../cli/images/read-tensor.ts";
import { loadModelFolder } from "../../cli/models/load-model-folder.ts";
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { decide, type Verdict } from "../../src/answers/answer.ts";
import { isFamiliar, measure } from "../../src/answers/familiarity.ts";
import { findKinds, hedge } from "../../src/answers/hedge.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";

const IMAGES_OF_EACH_KIND = 5;
const ROOT = new URL("../../", import.meta.url).pathname;
const [BLACK, WHITE, GREY] = [0, 1, 2];

describe.each(["efficientnet-lite0", "resnet18"])("%s", async (name) => {
  const model = await readModelFolder(`${ROOT}models/${name}`);
  const { calibration, labels, recommendedThreshold } = model.manifest;
  const preprocess = preprocessOf(model.manifest);
  const network = await loadModelFolder(model);
  const classes = labelClasses(labels, await readLabelSources());

  /** What the model answers, at its own threshold by default. */
  async function answer(tensor: Float32Array, threshold?: number): Promise<Verdict> {
    const outputs = await network.run(tensor);
    const probabilities = softmax(outputs.logits, calibration?.temperature);
    const familiar = isFamiliar(measure(outputs), calibration?.familiarity);
    const kinds = findKinds(classes, probabilities, familiar);
    return decide({
      ranked: topK(probabilities, 1),
      threshold,
      recommendedThreshold,
      familiar,
      hedge: (needed) => hedge(kinds, needed),
    }).verdict;
  }

  it("is not sure about images that show nothing, with few exceptions", async () => {
    const answered: string[] = [];
    for (const kind of NONSENSE_KINDS) {
      for (let number = 0; number < IMAGES_OF_EACH_KIND; number++) {
        const verdict = await answer(imageToTensor(drawNonsense(kind, number), preprocess));
        if (verdict.type !== "UNKNOWN") answered.push(`${kind} ${number}`);
      }
    }
    const images = NONSENSE_KINDS.length * IMAGES_OF_EACH_KIND;
    expect(answered.length, answered.join(", ")).toBeLessThanOrEqual(0.1 * images);
  });

  it.each([
    ["black", BLACK],
    ["white", WHITE],
    ["grey", GREY],
  ])("is not sure about %s at any threshold", async (_color, number) => {
    const tensor = imageToTensor(drawNonsense("flat", number), preprocess);
    expect(await answer(tensor, 0.01)).toEqual({ type: "UNKNOWN" });
  });

  it.each([
    // A domestic cat, and a beverage.
    ["cat.jpg", "n02121808"],
    ["espresso.jpg", "n07881800"],
  ])("knows %s", async (photo, expected) => {
    const verdict = await answer(await readTensor(`${ROOT}examples/${photo}`, preprocess), 0.5);
    const label = verdict.type === "CLASS" ? classes[verdict.classIndex] : undefined;
    const named =
      verdict.type === "ANCESTOR" ? [verdict.kind] : [label, ...(label?.ancestors ?? [])];
    expect(named.map((kind) => kind?.id)).toContain(expected);
  });
});
