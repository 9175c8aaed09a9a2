/** The memory of the workerd process that this process started. */
import { execFileSync } from "node:child_process";

/** Process id of the child with the largest memory: the one that runs the Worker. */
export function findWorkerd(): number {
  const lines = execFileSync("ps", ["-eo", "pid,rss,args", "--ppid", String(process.pid)])
    .toString()
    .split("\n")
    .filter((line) => line.includes("workerd"));
  const largest = lines
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
    .toSorted((a, b) => b[1] - a[1])[0];
  if (!largest) throw new Error("No workerd process was found.");
  return largest[0];
}

/** Resident memory of a process in bytes. */
export function readResidentBytes(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)]).toString()) * 1024;
}
