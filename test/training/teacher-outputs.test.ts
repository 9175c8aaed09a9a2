/** What a teacher says of a batch, compared with running its networks on one picture after the other. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeModelFolder } from "../../cli/models/model-folder.ts";
import {
  readTeacher,
  type TeacherMember,
  type TeacherModel,
} from "../../cli/training/distill/read-teacher.ts";
import { TeacherOutputs } from "../../cli/training/distill/teacher-outputs.ts";
import { writeEnsemble } from "../../cli/training/ensemble/ensemble-folder.ts";
import { BatchMaker } from "../../cli/training/run/make-batches.ts";
import { PhotoStore } from "../../cli/training/run/photo-store.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import type { RgbImage } from "../../src/imaging/rgb-image.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { NO_AUGMENTATION } from "../../src/training/augment/augmentation.ts";
import { trainConfigSchema } from "../../src/training/train-config.ts";
import { makeRandom } from "../support/made-up.ts";
import { makeSmallModel } from "../support/small-model.ts";

/** Those of the student. */
const CLASSES = ["apple", "lemon", "sky"];
/** The teacher takes pictures of twice the side, with other means. */
const SIDE = 16;
const SPEC = {
  width: SIDE,
  height: SIDE,
  color: "RGB",
  resize: { fit: "stretch", interpolation: "bilinear" },
  mean: [0.1, 0.2, 0.3],
  std: [0.2, 0.2, 0.2],
} as const;
const PHOTOS = ["a", "b", "c"].map((sha256, i) => ({
  path: sha256,
  class: i,
  part: "train" as const,
  sha256,
}));
const pictures = new Map<string, RgbImage>();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-teacher-"));
  const random = makeRandom();
  const store = new PhotoStore(folder, SPEC);
  for (const { sha256 } of PHOTOS) {
    const data = Uint8Array.from({ length: 3 * SIDE * SIDE }, () => 256 * random());
    pictures.set(sha256, { width: SIDE, height: SIDE, data });
    await store.write(sha256, { width: SIDE, height: SIDE, data });
  }
  await makeTeacher("ordered", CLASSES, 0);
  await makeTeacher("turned", ["sky", "cloud", "apple", "lemon"], 1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeTeacher(name: string, classes: readonly string[], bias: number) {
  const labels = { classes: classes.map((id) => ({ id })) };
  const { manifest, files } = await makeSmallModel({ width: 8, bias, labels });
  await writeModelFolder(join(folder, name), { ...manifest, id: name }, files);
}

/** The answers to a batch, [N, C], and the batch. By default it has all photos, in another order than the run's. */
async function ask(teacher: TeacherModel, settings: object = {}, order = PHOTOS.toReversed()) {
  const given = { photos: "x", base: "x", batch: 4, augmentation: NO_AUGMENTATION, ...settings };
  const config = trainConfigSchema.parse(given);
  const batches = new BatchMaker(new PhotoStore(folder, SPEC), SPEC, config, [1, 1, 1]);
  const teacherOutputs = new TeacherOutputs({
    ...{ teacher, classes: CLASSES, config, batches, hardware: { threads: 1 }, warnings: [] },
    train: PHOTOS,
  });
  const batch = await batches.forTraining(
    order.map((photo, place) => ({ photo, place })),
    0,
    0,
  );
  try {
    return { answers: await teacherOutputs.logitsFor(order, batch), batch };
  } finally {
    await teacherOutputs.close();
  }
}

/** The logits of the student's classes for one picture, from a separate session. */
async function answerAlone(name: string, picture: RgbImage): Promise<Float32Array> {
  const { members } = await readTeacher(join(folder, name));
  const { base, classes } = members[0] as TeacherMember;
  const { manifest, path } = base.model;
  const session = await InferenceSession.create(join(path, manifest.files.model.path));
  const spec = { ...base.spec, resize: { fit: "stretch", interpolation: "bilinear" } } as const;
  const input = new Tensor("float32", imageToTensor(picture, spec), manifest.input.shape);
  const { logits } = await session.run({ input });
  await session.release();
  const values = logits?.data as Float32Array;
  return Float32Array.from(CLASSES, (id) => values[classes.indexOf(id)] as number);
}

function expectNear(found: Float32Array, wanted: readonly Float32Array[]): void {
  for (const [i, values] of wanted.entries()) {
    for (const [k, value] of values.entries()) {
      // Sums in float32, in another order.
      expect(found[i * values.length + k]).toBeCloseTo(value, 4);
    }
  }
}

const pictureOf = ({ sha256 }: (typeof PHOTOS)[number]) => pictures.get(sha256) as RgbImage;

describe("a teacher", () => {
  it.each(["ordered", "turned"])(
    "answers in the order of the student's classes, in its own size: %s",
    async (name) => {
      const { answers } = await ask(await readTeacher(join(folder, name)));
      const wanted: Float32Array[] = [];
      for (const photo of PHOTOS.toReversed())
        wanted.push(await answerAlone(name, pictureOf(photo)));
      expectNear(answers, wanted);
    },
  );

  it("gives the same answers for pictures that do not change as for those that do", async () => {
    const teacher = await readTeacher(join(folder, "ordered"));
    const fixed = await ask(teacher);
    const always = await ask(teacher, { augmentation: { ...NO_AUGMENTATION, rotation: 1e-9 } });
    expect(fixed.answers.slice(0, 9)).toEqual(always.answers.slice(0, 9));
  });

  it("gives each photo its answer if there are more photos than a batch has", async () => {
    const photos = PHOTOS.slice(1);
    const { answers } = await ask(await readTeacher(join(folder, "ordered")), { batch: 2 }, photos);
    const wanted: Float32Array[] = [];
    for (const photo of photos) wanted.push(await answerAlone("ordered", pictureOf(photo)));
    expectNear(answers, wanted);
  });

  it("sees what the student sees: changed and mixed pictures", async () => {
    const teacher = await readTeacher(join(folder, "ordered"));
    const still = await ask(teacher);
    const flipped = await ask(teacher, { augmentation: { ...NO_AUGMENTATION, flip: 1 } });
    expect(flipped.answers).not.toEqual(still.answers);
    const mixed = await ask(teacher, { mixup: 1 });
    expect(mixed.answers).not.toEqual(still.answers);
    // The student's tensor is that of the same pixels: (x - m) / s in one is (x - m') / s' in the other.
    const spec = { ...SPEC, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
    const other = mixed.batch.imagesFor(spec);
    const plane = SIDE * SIDE;
    for (let i = 0; i < PHOTOS.length * 3 * plane; i += 101) {
      const mean = SPEC.mean[Math.floor(i / plane) % 3] as number;
      const pixel = (mixed.batch.images[i] as number) * 0.2 + mean;
      expect(other[i]).toBeCloseTo((pixel - 0.5) / 0.5, 5);
    }
  });

  it("is the weighted mean of an ensemble's probabilities", async () => {
    const part = { validation: null, test: null, difference: null };
    await writeEnsemble(join(folder, "both"), {
      schemaVersion: 1,
      members: ["ordered", "turned"].map((name) => ({ folder: `../${name}`, base: "x", seed: 0 })),
      outcome: {
        combination: "weights",
        weights: [0.25, 0.75],
        best: null,
        members: [part, part],
        mean: part,
        fitted: null,
        soups: null,
        passes: 2,
        bytes: 1,
      },
    });
    const both = await readTeacher(join(folder, "both"));
    expect(both.title).toBe("the ensemble both of 2 networks");
    const { answers } = await ask(both);
    const wanted: Float32Array[] = [];
    for (const photo of PHOTOS.toReversed()) {
      const first = softmax(await answerAlone("ordered", pictureOf(photo)));
      const second = softmax(await answerAlone("turned", pictureOf(photo)));
      wanted.push(
        Float32Array.from(first, (value, i) =>
          Math.log(0.25 * value + 0.75 * (second[i] as number)),
        ),
      );
    }
    expectNear(answers, wanted);
  });
});
