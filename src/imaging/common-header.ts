/** EXIF orientation: 1 is upright, 2 to 8 as the EXIF 2.32 specification, tag 0x0112, lists them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the header bytes of every format say. Width and height are in stored pixels. */
export type CommonHeader = {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** 1 for a still image; of several frames the first is decoded. */
  readonly frames: number;
};
