/** EXIF orientation: 1 is upright, 2 to 8 as the EXIF 2.32 specification, tag 0x0112, lists them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the header bytes of every format say. */
export type CommonHeader = {
  /** The name in the GraphQL enum `ImageFormat`. */
  readonly format: string;
  /** Stored width in pixels, before the orientation is applied. */
  readonly width: number;
  /** Stored height in pixels, before the orientation is applied. */
  readonly height: number;
  readonly orientation: Orientation;
  /** 1 for a still image; only the first frame of an animation is decoded. */
  readonly frames: number;
};
