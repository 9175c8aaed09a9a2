import { interpolateInferno } from "d3-scale-chromatic";
import type { Size } from "./choose-reduction.ts";
import type { Fractions } from "./place-photo.ts";
import type { RgbImage } from "./rgb-image.ts";

/** A map of values from 0 to 1. */
export type ValueMap = {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly data: Float32Array;
};

/** Pixels with alpha, not premultiplied: 8-bit, interleaved, `data.length === width * height * 4`. */
export type RgbaImage = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
};

const WHOLE: Fractions = { x: 0, y: 0, width: 1, height: 1 };

/** Weight of the colour where the value is 1: the photo stays recognisable under it. */
const OVERLAY_OPACITY = 0.75;

/** Inferno, a perceptually uniform colour scale of increasing lightness: [256, 3]. */
const COLORS = Uint8Array.from({ length: 256 * 3 }, (_, i) => {
  const hex = interpolateInferno(Math.floor(i / 3) / 255);
  const start = 1 + (i % 3) * 2;
  return Number.parseInt(hex.slice(start, start + 2), 16);
});

/**
 * Blends the map over a photo, which stays unchanged where the map is 0.
 *
 * @param part - the part of the map that covers the photo
 */
export function drawOverlay(map: ValueMap, photo: RgbImage, part = WHOLE): RgbImage {
  const { width, height } = photo;
  const values = enlarge(map, photo, part);
  const data = new Uint8Array(width * height * 3);
  values.forEach((value, i) => {
    const alpha = value * OVERLAY_OPACITY;
    const color = Math.round(value * 255) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const below = photo.data[i * 3 + channel] as number;
      data[i * 3 + channel] = Math.round(
        below + alpha * ((COLORS[color + channel] as number) - below),
      );
    }
  });
  return { width, height, data };
}

/**
 * Draws the map alone: coloured, and as opaque as its values are high.
 *
 * @param part - the part of the map that is drawn
 */
export function drawMask(map: ValueMap, size: Size, part = WHOLE): RgbaImage {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 4);
  enlarge(map, size, part).forEach((value, i) => {
    const level = Math.round(value * 255);
    data.set(COLORS.subarray(level * 3, level * 3 + 3), i * 4);
    data[i * 4 + 3] = level;
  });
  return { width, height, data };
}

/** Bilinear, with pixel centres at half integers and edge pixels repeated. */
function enlarge(map: ValueMap, { width, height }: Size, part: Fractions): Float32Array {
  const rows = { from: part.y * map.height, perPixel: (part.height * map.height) / height };
  const columns = { from: part.x * map.width, perPixel: (part.width * map.width) / width };
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = neighbours(rows.from + (y + 0.5) * rows.perPixel, map.height);
    for (let x = 0; x < width; x++) {
      const column = neighbours(columns.from + (x + 0.5) * columns.perPixel, map.width);
      const top = mix(at(column.low, row.low), at(column.high, row.low), column.weight);
      const bottom = mix(at(column.low, row.high), at(column.high, row.high), column.weight);
      result[y * width + x] = mix(top, bottom, row.weight);
    }
  }
  return result;

  function at(x: number, y: number): number {
    return map.data[y * map.width + x] as number;
  }
}

/** The two values of the map next to a point, and the weight of the second. */
function neighbours(point: number, size: number) {
  const last = size - 1;
  const position = Math.min(Math.max(point - 0.5, 0), last);
  const low = Math.floor(position);
  return { low, high: Math.min(low + 1, last), weight: position - low };
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}
