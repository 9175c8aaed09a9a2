import { basename, dirname, join, resolve } from "node:path";

/** Returns the folder for the int8 network next to that of the float one, which can be `.` or `..`. */
export function int8FolderOf(folder: string): string {
  const path = /^\.{1,2}$/.test(basename(folder)) ? resolve(folder) : folder;
  return join(dirname(path), `${basename(path)}-int8`);
}
