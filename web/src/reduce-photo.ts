/** Networks use at most 256 pixels of the shorter side: more only takes longer to send. */
const MAX_SIDE = 1024;
const JPEG_QUALITY = 0.9;
const THUMBNAIL_SIDE = 96;

/** The photo, upright, at most 1024 px on its longer side; as it is if it is small or cannot be read here. */
export async function reducePhoto(photo: Blob): Promise<Blob> {
  const bitmap = await decode(photo);
  if (!bitmap || Math.max(bitmap.width, bitmap.height) <= MAX_SIDE) return photo;
  const reduced = await draw(bitmap, MAX_SIDE);
  return reduced && reduced.size < photo.size ? reduced : photo;
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
