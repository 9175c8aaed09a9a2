/** Batches of photos, as a training step takes them. */
import { normalize } from "../../../src/imaging/image-to-tensor.ts";
import type { PreprocessSpec, Triple } from "../../../src/imaging/preprocess-spec.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import { augment, NO_AUGMENTATION } from "../../../src/training/augment/augmentation.ts";
import { drawMix } from "../../../src/training/data/plan-epoch.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { RunPhoto } from "./run-folder.ts";

/** Keeps the random numbers of augmentation apart from those of other uses. */
const AUGMENT = 3;

export type BatchData = {
  /** [N, 3, H, W] */
  readonly images: Float32Array;
  /** [N, C] */
  readonly targets: Float32Array;
  /** [N]; 0 for those that fill up the batch */
  readonly weights: Float32Array;
};

export class BatchMaker {
  readonly #store: PhotoStore;
  readonly #spec: PreprocessSpec;
  readonly #classes: number;
  readonly #config: TrainConfig;
  readonly #classWeights: readonly number[];
  readonly #mean: Triple;

  constructor(
    store: PhotoStore,
    spec: PreprocessSpec,
    config: TrainConfig,
    classWeights: readonly number[],
  ) {
    this.#store = store;
    this.#spec = spec;
    this.#config = config;
    this.#classes = classWeights.length;
    this.#classWeights = classWeights;
    const [r, g, b] = spec.color === "RGB" ? spec.mean : [spec.mean[2], spec.mean[1], spec.mean[0]];
    this.#mean = [r, g, b].map((value) => Math.min(255, Math.max(0, Math.round(value * 255)))) as [
      number,
      number,
      number,
    ];
  }

  /**
   * Makes a batch for training. The same seeds give the same batch.
   *
   * @param places - of the photos in the epoch's order; a photo that comes twice is changed differently
   */
  async forTraining(
    photos: readonly { readonly photo: RunPhoto; readonly place: number }[],
    stage: number,
    epoch: number,
  ): Promise<BatchData> {
    const { seed, batch, mixup } = this.#config;
    const tensors: Float32Array[] = [];
    for (const { photo, place } of photos) {
      tensors.push(await this.#prepare(photo, [seed, AUGMENT, stage, epoch, place]));
    }
    const data = this.#allocate(batch, tensors);
    for (const [i, { photo }] of photos.entries()) {
      data.targets[i * this.#classes + photo.class] = 1;
      data.weights[i] = this.#classWeights[photo.class] as number;
    }
    return mixup > 0 ? this.#mix(data, photos, [seed, stage, epoch]) : data;
  }

  /** Makes a batch of whole, unchanged photos. */
  async forScoring(photos: readonly RunPhoto[], size: number): Promise<Float32Array> {
    const tensors: Float32Array[] = [];
    for (const photo of photos) tensors.push(await this.#prepare(photo, undefined));
    return this.#allocate(size, tensors).images;
  }

  /** What the network sees of a photo that is not changed. */
  picture(photo: RunPhoto): Promise<RgbImage> {
    return this.#see(photo, undefined);
  }

  /** A photo as it is trained on in an epoch. */
  augmented(photo: RunPhoto, epoch: number): Promise<RgbImage> {
    return this.#see(photo, [this.#config.seed, AUGMENT, 0, epoch, 0]);
  }

  #allocate(count: number, tensors: readonly Float32Array[]): BatchData {
    const length = 3 * this.#spec.width * this.#spec.height;
    const images = new Float32Array(count * length);
    for (const [i, tensor] of tensors.entries()) images.set(tensor, i * length);
    return {
      images,
      targets: new Float32Array(count * this.#classes),
      weights: new Float32Array(count),
    };
  }

  /** @param seeds - undefined if nothing is to be changed */
  async #prepare(photo: RunPhoto, seeds: readonly number[] | undefined): Promise<Float32Array> {
    return normalize((await this.#see(photo, seeds)).data, this.#spec);
  }

  async #see(photo: RunPhoto, seeds: readonly number[] | undefined): Promise<RgbImage> {
    const { width, height, resize } = this.#spec;
    const position = resize.fit === "crop" ? resize.position : undefined;
    const augmentation = seeds ? this.#config.augmentation : NO_AUGMENTATION;
    const options = { augmentation, width, height, position, mean: this.#mean };
    const pixels = await this.#store.read(photo.sha256).catch((cause: unknown) => {
      throw new CliError("IMAGE_UNREADABLE", {
        what: `The decoded form of ${photo.path} has vanished.`,
        why: cause instanceof Error ? `${cause.message}.` : String(cause),
        fix: "Go on with train resume, which decodes the photo again.",
        cause,
      });
    });
    return augment(pixels, options, ...(seeds ?? []));
  }

  #mix(
    { images, targets, weights }: BatchData,
    photos: readonly { readonly place: number }[],
    seeds: readonly number[],
  ): BatchData {
    const mixes = drawMix(photos.length, this.#config.mixup, ...seeds, photos[0]?.place ?? 0);
    const blend = (values: Float32Array, length: number) => {
      const mixed = new Float32Array(values.length);
      for (const [i, { other, share }] of mixes.entries()) {
        for (let k = 0; k < length; k++) {
          const own = values[i * length + k] as number;
          mixed[i * length + k] =
            share * own + (1 - share) * (values[other * length + k] as number);
        }
      }
      return mixed;
    };
    const [count, classes] = [weights.length, this.#classes];
    return {
      images: blend(images, images.length / count),
      targets: blend(targets, classes),
      weights: blend(weights, 1),
    };
  }
}
