import { CliError } from "../cli-error.ts";

const REASONS: Readonly<Record<string, [why: string, fix: string]>> = {
  ENOSPC: ["The disk is full", "Free some space, or give a folder on another disk with --out."],
  EDQUOT: ["Your quota is used up", "Free some space, or give another folder with --out."],
  EACCES: ["You do not have permission to write there", "Give another folder with --out."],
  EPERM: ["You do not have permission to write there", "Give another folder with --out."],
  EROFS: ["The file system is read-only", "Give a folder on another one with --out."],
};

/** Makes the error for a file or folder that cannot be written. */
export function writingFailed(path: string, cause: unknown): CliError {
  const { code = "", message = String(cause) } = cause as NodeJS.ErrnoException;
  const [why, fix] = REASONS[code] ?? [
    "The operating system reports an error",
    "Give another folder with --out.",
  ];
  return new CliError("FILE_UNWRITABLE", {
    what: `${path} cannot be written.`,
    why: `${why}: ${message}.`,
    fix,
    cause,
  });
}

/**
 * Explains what the operating system reports while files are written into a folder.
 *
 * @throws CliError FILE_UNWRITABLE, and whatever else `write` throws
 */
export async function guardWriting<Value>(
  folder: string,
  write: () => Promise<Value>,
): Promise<Value> {
  try {
    return await write();
  } catch (cause) {
    throw cause instanceof Error && "errno" in cause ? writingFailed(folder, cause) : cause;
  }
}
