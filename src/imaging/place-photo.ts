/** Where the pixels of a photo come to lie in the input of a network. */
import type { Size } from "./choose-reduction.ts";
import type { PreprocessSpec } from "./preprocess-spec.ts";
import type { Region } from "./resize.ts";

/** A rectangle in fractions of an image, 0 to 1. */
export type Fractions = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Everything is in pixels. */
export type Placement = {
  /** The size that the whole photo is resized to. */
  readonly resized: Size;
  /** The part of the resized photo that is used. */
  readonly region: Region;
  /** Where that part begins in the input. */
  readonly left: number;
  readonly top: number;
};

/** The part of a spec that decides where pixels lie. */
export type PlacementSpec = Pick<PreprocessSpec, "width" | "height" | "resize">;

const WHOLE: Fractions = { x: 0, y: 0, width: 1, height: 1 };

/**
 * Places a photo as TorchVision's `Resize` and `CenterCrop` do, or as Pillow's `ImageOps.pad` does.
 *
 * @param photo - size of the upright photo
 */
export function placePhoto(photo: Size, spec: PlacementSpec): Placement {
  const { width, height, resize } = spec;
  if (resize.fit === "stretch") return whole({ width, height });
  if (resize.fit === "letterbox") {
    const resized = contain(photo, { width, height });
    return {
      ...whole(resized),
      left: roundHalfToEven((width - resized.width) / 2),
      top: roundHalfToEven((height - resized.height) / 2),
    };
  }
  const resized = cover(photo, boxOf(spec, resize.shorterSide));
  const { position = 0.5 } = resize;
  const region = {
    left: roundHalfToEven((resized.width - width) * position),
    top: roundHalfToEven((resized.height - height) * position),
    width,
    height,
  };
  return { resized, region, left: 0, top: 0 };
}

/**
 * Returns the part of the upright photo that the network sees.
 *
 * @param photo - its size in pixels
 */
export function seenRegion(photo: Size, spec: PlacementSpec): Fractions {
  if (spec.resize.fit !== "crop") return WHOLE;
  const { resized, region } = placePhoto(photo, spec);
  return fractionsOf(region, resized);
}

/**
 * Returns the part of the input that shows the photo: all of it, unless it is letterboxed.
 *
 * @param photo - its size in pixels
 */
export function filledRegion(photo: Size, spec: PlacementSpec): Fractions {
  if (spec.resize.fit !== "letterbox") return WHOLE;
  const { region, left, top } = placePhoto(photo, spec);
  return fractionsOf({ ...region, left, top }, spec);
}

/**
 * Places the part of a photo that the network sees on a picture for people: in the aspect ratio of the photo,
 * without padding.
 *
 * @param longerSide - of the picture, in pixels
 */
export function placePicture(photo: Size, spec: PlacementSpec, longerSide: number): Placement {
  const { resize } = spec;
  if (resize.fit !== "crop") {
    return whole(contain(photo, { width: longerSide, height: longerSide }));
  }
  const scale = longerSide / Math.max(spec.width, spec.height);
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return placePhoto(photo, {
    width: scaled(spec.width),
    height: scaled(spec.height),
    resize: { ...resize, shorterSide: scaled(resize.shorterSide) },
  });
}

/**
 * Returns the shorter side that a photo must keep while it is decoded, so that nothing is enlarged that was
 * reduced before. It can exceed that of the photo.
 *
 * @param photo - its size in pixels
 */
export function shorterSideFor({ width, height }: Size, { resized }: Placement): number {
  const forHeight = Math.ceil((resized.height * width) / height);
  const forWidth = Math.ceil((resized.width * height) / width);
  return width <= height ? Math.max(resized.width, forHeight) : Math.max(resized.height, forWidth);
}

function whole(resized: Size): Placement {
  return { resized, region: { left: 0, top: 0, ...resized }, left: 0, top: 0 };
}

/** The box with the aspect ratio of the input whose shorter side is `shorterSide`. */
function boxOf({ width, height }: PlacementSpec, shorterSide: number): Size {
  const scale = shorterSide / Math.min(width, height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** The smallest size that covers the box; the side that exceeds it is truncated to an integer. */
function cover({ width, height }: Size, box: Size): Size {
  return width * box.height <= height * box.width
    ? { width: box.width, height: Math.max(box.height, Math.trunc((box.width * height) / width)) }
    : { width: Math.max(box.width, Math.trunc((box.height * width) / height)), height: box.height };
}

/** The largest size that fits into the box. */
function contain({ width, height }: Size, box: Size): Size {
  return width * box.height >= height * box.width
    ? { width: box.width, height: Math.max(1, roundHalfToEven((height / width) * box.width)) }
    : { width: Math.max(1, roundHalfToEven((width / height) * box.height)), height: box.height };
}

function fractionsOf(region: Region, { width, height }: Size): Fractions {
  return {
    x: region.left / width,
    y: region.top / height,
    width: region.width / width,
    height: region.height / height,
  };
}

/** Python's `round`, which TorchVision and Pillow use. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
