/** CPU time and memory of workerd processes, from Linux's /proc. */
import { readdir, readFile } from "node:fs/promises";

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is. */
const MS_PER_TICK = 10;
const PAGE_BYTES = 4096;

/** The workerd processes that this process has started. wrangler starts one for the Worker, and one before it. */
export async function listWorkerdPids(): Promise<number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const stat = await readStat(Number(name));
      return stat?.command === "workerd" && stat.parent === process.pid ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

/** Milliseconds of CPU time, in user and kernel mode; 0 if the process has ended. */
export async function readCpuMs(pid: number): Promise<number> {
  const stat = await readStat(pid);
  return (stat?.ticks ?? 0) * MS_PER_TICK;
}

/** Resident memory; 0 if the process has ended. */
export async function readResidentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return Number(text.split(" ")[1] ?? 0) * PAGE_BYTES;
}

/** See proc_pid_stat(5); the command in parentheses may contain spaces. */
async function readStat(pid: number) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  return {
    command: text.slice(text.indexOf("(") + 1, end),
    parent: Number(fields[1]),
    ticks: Number(fields[11]) + Number(fields[12]),
  };
}
