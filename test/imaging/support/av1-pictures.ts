/** AV1 data for tests: pictures that libaom encodes, and sequence headers that are written here. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import encode, { init } from "@jsquash/avif/encode.js";
import type { Rgba } from "./sample-files.ts";

const require = createRequire(import.meta.url);

export type EncodeOptions = {
  readonly quality: number;
  readonly speed: number;
  /** 0 without chroma, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4. */
  readonly subsample: number;
  readonly lossless: boolean;
  readonly denoiseLevel: number;
  /** Of pixels with 16 bits. */
  readonly bitDepth: 10 | 12;
};

/** Encodes an AVIF: 4:4:4, unless the options say otherwise. */
export async function encodeAvif(
  picture: Rgba | { width: number; height: number; data: Uint16Array },
  options: Partial<EncodeOptions> = {},
): Promise<Uint8Array> {
  const specifier = "@jsquash/avif/codec/enc/avif_enc.wasm";
  await init(await WebAssembly.compile(await readFile(require.resolve(specifier))));
  const all = { speed: 10, quality: 90, subsample: 3, ...options };
  const { data } = picture;
  const bytes =
    data instanceof Uint16Array
      ? await encode({ ...picture, data }, { ...all, bitDepth: all.bitDepth ?? 10 })
      : await encode({ ...picture, data, colorSpace: "srgb" } as ImageData, {
          ...all,
          bitDepth: 8,
        });
  return new Uint8Array(bytes);
}

/** The AV1 data of a file of {@link encodeAvif}: the content of its `mdat`, for pictures without alpha. */
export function av1Data(avif: Uint8Array): Uint8Array {
  return avif.slice(Buffer.from(avif).indexOf("mdat") + 4);
}

export type TestSequence = {
  readonly width: number;
  readonly height: number;
  readonly profile?: number;
  readonly level?: number;
  readonly matrix?: number;
  /** Of operating points, with timing; 0 for the short form of still pictures. */
  readonly operatingPoints?: number;
  readonly monochrome?: boolean;
};

/** An OBU with a sequence header (AV1 bitstream specification, section 5.5), with all 16 bits for each side. */
export function sequenceHeader({
  width,
  height,
  profile = 0,
  level = 8,
  matrix,
  operatingPoints = 0,
  monochrome = false,
}: TestSequence): Uint8Array {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push(Math.floor(value / 2 ** i) & 1);
  };
  const reduced = operatingPoints === 0;
  put(profile, 3);
  put(1, 1);
  put(reduced ? 1 : 0, 1);
  if (reduced) put(level, 5);
  else {
    put(1, 1); // timing_info_present_flag
    put(1, 32);
    put(25, 32);
    put(1, 1); // equal_picture_interval
    put(0b010, 3); // uvlc: 1
    put(1, 1); // decoder_model_info_present_flag
    put(9, 5);
    put(90_000, 32);
    put(9, 5);
    put(9, 5);
    put(1, 1); // initial_display_delay_present_flag
    put(operatingPoints - 1, 5);
    for (let i = 0; i < operatingPoints; i++) {
      put(i, 12);
      put(level, 5);
      if (level > 7) put(0, 1);
      put(1, 1);
      put(0, 21); // Two delays of 10 bits, and the low delay mode.
      put(1, 1);
      put(3, 4);
    }
  }
  put(15, 4);
  put(15, 4);
  put(width - 1, 16);
  put(height - 1, 16);
  if (!reduced) put(0, 1); // frame_id_numbers_present_flag
  put(0, 3);
  if (!reduced) {
    put(0, 4);
    put(1, 1); // enable_order_hint
    put(0, 2);
    put(1, 1); // seq_choose_screen_content_tools
    put(1, 1); // seq_choose_integer_mv
    put(6, 3);
  }
  put(0, 3);
  put(0, 1); // high_bitdepth
  if (profile !== 1) put(monochrome ? 1 : 0, 1);
  put(matrix === undefined ? 0 : 1, 1);
  if (matrix !== undefined) {
    put(1, 8);
    put(13, 8);
    put(matrix, 8);
  }
  put(1, 1); // color_range
  if (profile === 0 && !monochrome) put(0, 2);
  if (!monochrome) put(0, 1);
  put(0, 1); // film_grain_params_present
  put(1, 1); // trailing_one_bit
  while (bits.length % 8 > 0) bits.push(0);
  const payload = Array.from({ length: bits.length / 8 }, (_, i) =>
    Number.parseInt(bits.slice(i * 8, i * 8 + 8).join(""), 2),
  );
  return Uint8Array.from([(1 << 3) | 2, payload.length, ...payload]);
}
