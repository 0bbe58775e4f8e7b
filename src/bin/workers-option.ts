import { availableParallelism } from "node:os";
import type { Option } from "./option.ts";

/** The option of how many processes serve sites: part of the table of all. */
export const WORKERS_OPTION = {
  workers: {
    flag: "workers",
    env: "SITEPOD_WORKERS",
    kind: "count",
    fallback: "1",
    doc: "Processes that serve sites on the same ports, beside the one that does the rest; auto is one a core; Linux only",
  },
} as const satisfies Record<string, Option>;

const MAX_WORKERS = 256;

/** Reads how many. Undefined where it is no number from 1 to 256; more than one only where the system shares a port out. */
export function parseWorkers(
  text: string,
  platform: string = process.platform,
  cores = availableParallelism(),
): number | undefined {
  const most = platform === "linux" ? MAX_WORKERS : 1;
  if (text === "auto") return Math.min(cores, most);
  const workers = /^\d+$/.test(text) ? Number(text) : 0;
  return workers >= 1 && workers <= most ? workers : undefined;
}

export const WORKERS_EXPECTED = `auto or a number from 1 to ${MAX_WORKERS}, on Linux; elsewhere 1`;
