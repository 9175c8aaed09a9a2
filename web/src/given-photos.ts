/** Photos in what a visitor drops, pastes or chooses. */
import type { PhotoSource } from "./api/classify-photo.ts";
import { findImageAddress, toPhotoSource } from "./photo-address.ts";

/** Files that systems put into folders, which nobody means to send. */
const HIDDEN = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i;

type FilePhoto = Extract<PhotoSource, { readonly kind: "FILE" }>;

/** Files as photos. A file of a chosen folder has its path as its name. */
export function toPhotos(files: Iterable<File>): FilePhoto[] {
  return Array.from(files, (file) => ({
    kind: "FILE" as const,
    file,
    name: file.webkitRelativePath || file.name,
  }));
}

/** The photos of a chosen folder, by path. */
export function toVisiblePhotos(files: Iterable<File>): PhotoSource[] {
  return toPhotos(files)
    .filter(({ name }) => !name.split("/").some((part) => HIDDEN.test(part)))
    .sort((a, b) => comparePaths(a.name, b.name));
}

/**
 * The photos of a drop or paste: files, the files of folders, or the address of a picture of another page.
 * It must be called during the event, because the data is gone afterwards.
 */
export async function readTransfer(data: DataTransfer): Promise<PhotoSource[]> {
  const entries = Array.from(data.items, (item) =>
    item.kind === "file" ? item.webkitGetAsEntry() : null,
  ).filter((entry) => entry !== null);
  const files = toPhotos(data.files);
  const address = data
    .getData("text/uri-list")
    .split(/\r?\n/)
    .find((line) => /^[^#]/.test(line));
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  if (entries.some(({ isDirectory }) => isDirectory)) {
    return (await Promise.all(entries.map((entry) => readEntry(entry)))).flat();
  }
  if (files.length > 0) return files;
  // The picture's own address comes first: a picture in a link has the link's address in the list.
  for (const candidate of [findImageAddress(html), address, text]) {
    const photo = candidate === undefined ? undefined : toPhotoSource(candidate);
    if (photo) return [photo];
  }
  return [];
}

/** The files of an entry, by path. */
async function readEntry(entry: FileSystemEntry): Promise<PhotoSource[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    ).catch(() => undefined);
    const name = entry.fullPath.replace(/^\//, "");
    // What cannot be opened is listed all the same: the service calls it empty.
    return [{ kind: "FILE", file: file ?? new Blob(), name }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) break;
    found.push(...some.filter(({ name }) => !HIDDEN.test(name)));
  }
  found.sort((a, b) => comparePaths(a.name, b.name));
  return (await Promise.all(found.map(readEntry))).flat();
}

/** Files are in the order in which a person would count them: 2.jpg before 10.jpg. */
function comparePaths(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}
