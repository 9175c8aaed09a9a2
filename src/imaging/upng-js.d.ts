/** The part of upng-js that is used; the package has no types. */
declare module "upng-js" {
  type Png = { readonly width: number; readonly height: number };
  const UPNG: {
    decode(file: ArrayBuffer): Png;
    /** One RGBA buffer per frame. */
    toRGBA8(png: Png): ArrayBuffer[];
    /** PNG of RGBA frames; 0 colours is lossless. */
    encode(frames: ArrayBuffer[], width: number, height: number, colors: number): ArrayBuffer;
  };
  export default UPNG;
}
