/** Finds the files in a folder and those below it. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Lists files by their paths relative to the folder, sorted. Hidden files and folders are left out: macOS writes
 * `._cat.jpg` beside `cat.jpg`, which is not an image. Links are followed, but each folder is listed only once, and
 * links to nothing are left out.
 *
 * @throws Error of Node if the folder cannot be read
 */
export async function walkFolder(folder: string): Promise<string[]> {
  const files: string[] = [];
  const links: string[] = [];
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    const place = join(folder, path);
    const real = await realpath(place);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const name = join(path, entry.name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isSymbolicLink()) links.push(name);
      else if (entry.isFile()) files.push(name);
    }
  };
  await visit("");
  // Links come last, so that a folder is listed by its own name. Their folders can have links too.
  for (let link = links.shift(); link !== undefined; link = links.shift()) {
    const target = await stat(join(folder, link)).catch(() => undefined);
    if (target?.isDirectory()) await visit(link);
    else if (target?.isFile()) files.push(link);
  }
  return files.sort();
}
