/** Batches of photos, as a training step takes them. */
import { normalize } from "../../../src/imaging/image-to-tensor.ts";
import type { PreprocessSpec, Triple } from "../../../src/imaging/preprocess-spec.ts";
import { resize } from "../../../src/imaging/resize.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import { augment, NO_AUGMENTATION } from "../../../src/training/augment/augmentation.ts";
import { drawMix, type Mix } from "../../../src/training/data/plan-epoch.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { RunPhoto } from "./run-folder.ts";

/** Keeps the random numbers of augmentation apart from those of other uses. */
const AUGMENT = 3;

export type BatchData = {
  /** [N, 3, H, W], or what the step takes instead */
  readonly images: Float32Array;
  /** [N, C] */
  readonly targets: Float32Array;
  /** [N]; 0 for those that fill up the batch */
  readonly weights: Float32Array;
};

/** A batch for training, whose pictures can be run through another network too. */
export type TrainingBatch = BatchData & {
  /** Returns the same pictures, changed in the same way, as another network takes them: [N, 3, H, W] of its size. */
  readonly imagesFor: (spec: PreprocessSpec) => Float32Array;
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
  ): Promise<TrainingBatch> {
    const { seed, batch, mixup } = this.#config;
    const pictures: RgbImage[] = [];
    for (const { photo, place } of photos) {
      pictures.push(await this.#see(photo, [seed, AUGMENT, stage, epoch, place]));
    }
    const { targets, weights } = this.label(photos.map(({ photo }) => photo));
    const start = photos[0]?.place ?? 0;
    const mixes = mixup > 0 ? drawMix(photos.length, mixup, seed, stage, epoch, start) : [];
    const imagesFor = (spec: PreprocessSpec) =>
      blend(stack(pictures, spec, batch), mixes, 3 * spec.width * spec.height);
    return {
      images: imagesFor(this.#spec),
      targets: blend(targets, mixes, this.#classes),
      weights: blend(weights, mixes, 1),
      imagesFor,
    };
  }

  /** What a batch of unchanged photos has apart from the images. */
  label(photos: readonly RunPhoto[]): Pick<BatchData, "targets" | "weights"> {
    const { batch } = this.#config;
    const targets = new Float32Array(batch * this.#classes);
    const weights = new Float32Array(batch);
    for (const [i, photo] of photos.entries()) {
      targets[i * this.#classes + photo.class] = 1;
      weights[i] = this.#classWeights[photo.class] as number;
    }
    return { targets, weights };
  }

  /** Makes a batch of whole, unchanged photos. */
  async forScoring(photos: readonly RunPhoto[], size: number): Promise<Float32Array> {
    const pictures: RgbImage[] = [];
    for (const photo of photos) pictures.push(await this.picture(photo));
    return stack(pictures, this.#spec, size);
  }

  /** What the network sees of a photo that is not changed. */
  picture(photo: RunPhoto): Promise<RgbImage> {
    return this.#see(photo, undefined);
  }

  /** A photo as it is trained on in an epoch. */
  augmented(photo: RunPhoto, epoch: number): Promise<RgbImage> {
    return this.#see(photo, [this.#config.seed, AUGMENT, 0, epoch, 0]);
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
        fix: "Continue with train resume, which decodes the photo again.",
        cause,
      });
    });
    return augment(pixels, options, ...(seeds ?? []));
  }
}

/**
 * Makes a tensor of pictures.
 *
 * @param size - places in the batch; those without a picture are zeros
 * @returns [size, 3, H, W]
 */
function stack(pictures: readonly RgbImage[], spec: PreprocessSpec, size: number): Float32Array {
  const { width, height } = spec;
  const region = { left: 0, top: 0, width, height };
  const length = 3 * width * height;
  const images = new Float32Array(size * length);
  for (const [i, picture] of pictures.entries()) {
    const isFit = picture.width === width && picture.height === height;
    const { data } = isFit
      ? picture
      : resize(picture, { width, height, region, interpolation: "bilinear" });
    images.set(normalize(data, spec), i * length);
  }
  return images;
}

/**
 * Mixes the rows of a batch.
 *
 * @param values - [N, length]
 * @param mixes - of the first rows; the others become zeros. The values are returned as they are if it is empty
 */
function blend(values: Float32Array, mixes: readonly Mix[], length: number): Float32Array {
  if (mixes.length === 0) return values;
  const mixed = new Float32Array(values.length);
  for (const [i, { other, share }] of mixes.entries()) {
    for (let k = 0; k < length; k++) {
      const own = values[i * length + k] as number;
      mixed[i * length + k] = share * own + (1 - share) * (values[other * length + k] as number);
    }
  }
  return mixed;
}
