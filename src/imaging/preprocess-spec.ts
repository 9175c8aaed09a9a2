/** How a network expects its input. `preprocessOf` reads it from a manifest. */
export type PreprocessSpec = {
  /** Of the input, in pixels. */
  readonly width: number;
  /** Of the input, in pixels. */
  readonly height: number;
  readonly resize: Resize;
  /** Order of the channels. */
  readonly color: "RGB" | "BGR";
  /** Of each channel in the order of `color`, for values from 0 to 1. */
  readonly mean: Triple;
  /** Of each channel in the order of `color`, for values from 0 to 1. */
  readonly std: Triple;
};

/** How a photo is brought to the size of the input. */
export type Resize =
  /**
   * The photo is resized to cover a box with the aspect ratio of the input, and a part is cut out.
   * `shorterSide` is that of the box; if the input is square, it is that of the resized photo.
   */
  | {
      readonly fit: "crop";
      readonly shorterSide: number;
      readonly interpolation: Interpolation;
      /** Where along the longer side the cut lies: 0 is at the beginning, 1 at the end; if absent, the centre. */
      readonly position?: number | undefined;
    }
  /** The whole photo is resized to the size of the input, whatever its aspect ratio. */
  | { readonly fit: "stretch"; readonly interpolation: Interpolation }
  /** The whole photo is resized to fit into the input, and the rest is filled evenly on both sides. */
  | {
      readonly fit: "letterbox";
      readonly interpolation: Interpolation;
      /** Colour of the rest in RGB, 0 to 255; if absent, the mean. */
      readonly padding?: Triple | undefined;
    };

export type Fit = Resize["fit"];

/** Pillow's filters of these names, with antialiasing. */
export type Interpolation = "bilinear" | "bicubic";

export type Triple = readonly [number, number, number];

/** Returns the spec that shows the network the whole photo, letterboxed. */
export function letterboxed(spec: PreprocessSpec): PreprocessSpec {
  if (spec.resize.fit === "letterbox") return spec;
  return { ...spec, resize: { fit: "letterbox", interpolation: spec.resize.interpolation } };
}
