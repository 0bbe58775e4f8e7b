import { readFileSync } from "node:fs";

/** The kernel counts processor time in these (`getconf CLK_TCK`). */
const TICKS_PER_S = 100;

/** The processor time that a process and its living descendants have used, in seconds. Linux only. */
export function cpuSeconds(pid: number): number {
  // The name, in parentheses, may hold spaces; user and system time are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, "").trim().split(" ");
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), own);
}

/** Lists a process and all its descendants. */
export const processTree = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(processTree)];

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

/** What a process and its living descendants have in memory, in bytes. Linux only. */
export function residentBytes(pid: number): number {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), own);
}
