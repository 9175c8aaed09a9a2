/** The formats that can be decoded, named as the GraphQL enum names them. */
export type ImageFormat = "JPEG" | "PNG";

/** EXIF orientation: 1 is upright, 2 to 8 as the EXIF 2.32 specification, tag 0x0112, lists them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the header bytes say, with nothing decoded. Width and height are in stored pixels. */
export type ImageHeader = {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
};
