/** Memory and time of processes by Linux's /proc: they include what workerd does outside JavaScript. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The running processes of a program that were started by this process or by one of its children. */
export function findDescendants(program: string): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of listFolder("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = readProc(`${entry}/stat`);
    // The name is in brackets, and may contain spaces.
    const [, name, , parent] = /^\d+ \((.*)\) (\S+) (\d+)/s.exec(stat ?? "") ?? [];
    if (name !== undefined) parents.set(Number(entry), { parent: Number(parent), name });
  }
  const isOurs = (id: number): boolean => {
    const parent = parents.get(id)?.parent;
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return [...parents].flatMap(([id, { name }]) => (name === program && isOurs(id) ? [id] : []));
}

/** Resident bytes of processes; undefined on systems without /proc. */
export function residentBytes(ids: readonly number[]): number | undefined {
  return sumOf(ids, "VmRSS");
}

/** The most resident bytes since {@link resetPeak}. */
export function peakResidentBytes(ids: readonly number[]): number | undefined {
  return sumOf(ids, "VmHWM");
}

export function resetPeak(ids: readonly number[]): void {
  for (const id of ids) {
    try {
      writeFileSync(`/proc/${id}/clear_refs`, "5");
    } catch {
      // Without the permission the peak is that of the whole run, which is reported as no growth.
    }
  }
}

/** Time that processes have run on a core; 0 on systems without /proc. */
export function cpuMs(ids: readonly number[]): number {
  const threads = ids.flatMap((id) =>
    listFolder(`/proc/${id}/task`).map((task) => `${id}/task/${task}`),
  );
  const nanoseconds = threads.map((thread) =>
    Number.parseInt(readProc(`${thread}/schedstat`) ?? "0", 10),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
}

function sumOf(ids: readonly number[], field: string): number | undefined {
  const sizes = ids.map((id) => {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readProc(`${id}/status`) ?? "");
    return Number(line?.[1]) * 1024;
  });
  const sum = sizes.reduce((total, size) => total + size, 0);
  return ids.length > 0 && Number.isFinite(sum) ? sum : undefined;
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return undefined;
  }
}
