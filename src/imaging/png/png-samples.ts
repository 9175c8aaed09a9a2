/** Turns the stored samples of a PNG's rows into opaque 8-bit RGB (W3C PNG, sections 6 and 11). */
import { corruptImage } from "../image-errors.ts";
import type { PngHeader } from "./png-header.ts";

/** What the chunks before the pixels say about the samples. */
export type PngColors = {
  /** From PLTE: RGB triples. */
  readonly palette: Uint8Array | undefined;
  /** From tRNS: alpha of each palette entry, or the transparent grey level or colour in 16 bits. */
  readonly transparency: Uint8Array | undefined;
};

/** Converts `count` pixels of a row from `samples` to `rgb`, over white. */
export type RowConverter = (samples: Uint8Array, count: number, rgb: Uint8Array) => void;

/**
 * Makes the conversion for a file's colour type and bit depth. Of 16 bits the high byte is used; fewer
 * than 8 are stretched to the full range.
 *
 * @throws ImageError IMAGE_CORRUPT if a palette is needed but missing
 */
export function createRowConverter(header: PngHeader, colors: PngColors): RowConverter {
  switch (header.colorType) {
    case 0:
      return header.bitDepth === 16
        ? convertGrey16(colors)
        : convertIndexed(header, greys(header, colors));
    case 2:
      return convertColor(header, colors);
    case 3:
      return convertIndexed(header, paletteColors(colors));
    case 4:
      return convertAlpha(header, 1);
    case 6:
      return convertAlpha(header, 3);
  }
}

/** 256 colours by sample value; black if the file does not define one. */
function paletteColors({ palette, transparency }: PngColors): Uint8Array {
  // As in browsers, bytes after the last whole colour are ignored.
  const colors = Math.min(256, Math.floor((palette?.length ?? 0) / 3));
  if (!palette || colors === 0) throw corruptImage("PNG", "its palette is missing or empty");
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < colors * 3; i++) {
    const alpha = transparency?.[Math.floor(i / 3)] ?? 255;
    table[i] = overWhite(palette[i] as number, alpha);
  }
  return table;
}

function greys({ bitDepth }: PngHeader, { transparency }: PngColors): Uint8Array {
  const max = 2 ** bitDepth - 1;
  // tRNS has 16 bits whatever the depth; only the low ones count.
  const transparent = isLong(transparency, 2) ? uint16(transparency, 0) & max : -1;
  return Uint8Array.from({ length: (max + 1) * 3 }, (_, i) => {
    const level = Math.floor(i / 3);
    return level === transparent ? 255 : (level * 255) / max;
  });
}

/** Samples of 1 to 8 bits, looked up in a table. */
function convertIndexed({ bitDepth }: PngHeader, table: Uint8Array): RowConverter {
  if (bitDepth === 8) {
    return (samples, count, rgb) => {
      for (let i = 0, to = 0; i < count; i++, to += 3) {
        const from = (samples[i] as number) * 3;
        rgb[to] = table[from] as number;
        rgb[to + 1] = table[from + 1] as number;
        rgb[to + 2] = table[from + 2] as number;
      }
    };
  }
  const perByte = 8 / bitDepth;
  const mask = 2 ** bitDepth - 1;
  return (samples, count, rgb) => {
    for (let i = 0, at = 0, to = 0; i < count; at++) {
      let byte = samples[at] as number;
      for (const end = Math.min(i + perByte, count); i < end; i++, to += 3) {
        const from = ((byte >> (8 - bitDepth)) & mask) * 3;
        byte <<= bitDepth;
        rgb[to] = table[from] as number;
        rgb[to + 1] = table[from + 1] as number;
        rgb[to + 2] = table[from + 2] as number;
      }
    }
  };
}

function convertGrey16({ transparency }: PngColors): RowConverter {
  const transparent = isLong(transparency, 2) ? uint16(transparency, 0) : -1;
  return (samples, count, rgb) => {
    for (let i = 0, to = 0; i < count; i++, to += 3) {
      const level = uint16(samples, i * 2) === transparent ? 255 : (samples[i * 2] as number);
      rgb[to] = level;
      rgb[to + 1] = level;
      rgb[to + 2] = level;
    }
  };
}

function convertColor({ bitDepth }: PngHeader, { transparency }: PngColors): RowConverter {
  const sampleBytes = bitDepth / 8;
  const pixelBytes = 3 * sampleBytes;
  // tRNS has 16 bits per channel whatever the depth; only the low ones count.
  const transparent = isLong(transparency, 6)
    ? transparency.filter((_, i) => sampleBytes === 2 || i % 2 === 1)
    : undefined;
  return (samples, count, rgb) => {
    if (pixelBytes === 3 && !transparent) {
      rgb.set(samples.subarray(0, count * 3));
      return;
    }
    for (let i = 0, from = 0, to = 0; i < count; i++, from += pixelBytes, to += 3) {
      const clear = transparent && matches(samples, from, transparent, pixelBytes);
      for (let c = 0; c < 3; c++) {
        rgb[to + c] = clear ? 255 : (samples[from + c * sampleBytes] as number);
      }
    }
  };
}

/** Grey (1) or RGB (3), followed by an alpha sample. */
function convertAlpha({ bitDepth }: PngHeader, channels: 1 | 3): RowConverter {
  const sampleBytes = bitDepth / 8;
  const pixelBytes = (channels + 1) * sampleBytes;
  const channelStep = channels === 3 ? sampleBytes : 0;
  const alphaOffset = channels * sampleBytes;
  return (samples, count, rgb) => {
    for (let i = 0, from = 0, to = 0; i < count; i++, from += pixelBytes, to += 3) {
      const alpha = samples[from + alphaOffset] as number;
      rgb[to] = overWhite(samples[from] as number, alpha);
      rgb[to + 1] = overWhite(samples[from + channelStep] as number, alpha);
      rgb[to + 2] = overWhite(samples[from + 2 * channelStep] as number, alpha);
    }
  };
}

/** As in browsers, a tRNS that is too short is ignored. */
function isLong(transparency: Uint8Array | undefined, bytes: number): transparency is Uint8Array {
  return transparency !== undefined && transparency.length >= bytes;
}

/** Composites an 8-bit sample over white, rounded to nearest. */
function overWhite(sample: number, alpha: number): number {
  return Math.floor((sample * alpha + (255 - alpha) * 255 + 127) / 255);
}

function matches(samples: Uint8Array, at: number, color: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (samples[at + i] !== color[i]) return false;
  return true;
}

function uint16(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}
