import { ApiError } from "./api/api-error.ts";
import type { PhotoSource } from "./api/classify-photo.ts";
import { reducePhoto, sentName } from "./reduce-photo.ts";

/**
 * The photo as it is sent, under the name that code and downloads give it.
 *
 * @throws ApiError IMAGE_UNOPENED
 */
export async function preparePhoto(
  source: PhotoSource,
  sendOriginal: boolean,
): Promise<PhotoSource> {
  if (source.kind === "URL") return source;
  try {
    // A folder, or a file that was moved meanwhile. The request would only say that it failed.
    await source.file.slice(0, 1).arrayBuffer();
  } catch {
    throw new ApiError("IMAGE_UNOPENED", `The browser cannot open ${source.name}.`);
  }
  const file = await reducePhoto(source.file, sendOriginal);
  const changed = file !== source.file;
  const name = changed ? sentName(source.name) : (source.name.split("/").at(-1) as string);
  return { ...source, file, name, changed };
}
