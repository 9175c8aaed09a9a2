/** Networks use at most 256 pixels of the shorter side: more only takes longer to send. */
const MAX_SIDE = 1024;
const JPEG_QUALITY = 0.9;
const THUMBNAIL_SIDE = 96;

/** First bytes of the formats that the service reads. */
const READABLE = [/^\xff\xd8\xff/, /^\x89PNG/, /^RIFF.{4}WEBP/s, /^GIF8/, /^.{4}ftypavi[fs]/s];

/**
 * The photo as it is sent: upright, at most 1024 px on its longer side; as it is if it is small or cannot be
 * read here. A format that only the browser reads (BMP; HEIC in Safari) becomes a JPEG at any size.
 */
export async function reducePhoto(photo: Blob, sendOriginal = false): Promise<Blob> {
  const readable = await isReadable(photo);
  if (sendOriginal && readable) return photo;
  const bitmap = await decode(photo);
  if (!bitmap) return photo;
  const small = Math.max(bitmap.width, bitmap.height) <= MAX_SIDE;
  if (small && readable) return photo;
  const reduced = await draw(bitmap, sendOriginal ? Number.POSITIVE_INFINITY : MAX_SIDE);
  return reduced && (reduced.size < photo.size || !readable) ? reduced : photo;
}

/** The name of a photo that {@link reducePhoto} has changed: "holiday/IMG_1.HEIC" becomes "IMG_1-sent.jpg". */
export function sentName(name: string): string {
  return `${(name.split("/").at(-1) as string).replace(/\.[^.]*$/, "")}-sent.jpg`;
}

/** @returns a data URL; undefined if the browser cannot read the photo */
export async function makeThumbnail(photo: Blob): Promise<string | undefined> {
  const bitmap = await decode(photo);
  const small = bitmap && (await draw(bitmap, THUMBNAIL_SIDE));
  if (!small) return undefined;
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsDataURL(small);
  });
}

/** By content, because systems derive the type of a file from its name alone. */
async function isReadable(photo: Blob): Promise<boolean> {
  const bytes = new Uint8Array(await photo.slice(0, 16).arrayBuffer());
  const start = String.fromCharCode(...bytes);
  return READABLE.some((pattern) => pattern.test(start));
}

/** undefined if the browser cannot read it. The service may, or says what is wrong. */
function decode(photo: Blob): Promise<ImageBitmap | undefined> {
  return createImageBitmap(photo, { imageOrientation: "from-image" }).catch(() => undefined);
}

async function draw(bitmap: ImageBitmap, maxSide: number): Promise<Blob | null> {
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) return null;
  // The service, too, puts transparent photos on white.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
}
