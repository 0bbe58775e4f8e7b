import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";
import { h2loadCommand, type Load, onLoadCore, type Target } from "./load.ts";

/**
 * Asks a server so many times a second, evenly, and returns what 99 of 100 requests waited at most, in milliseconds.
 * Throws where a request failed.
 */
export async function measureP99(target: Target, load: Load, requestsPerS: number, scratch: string): Promise<number> {
  const log = join(scratch, `latency-${target.name}-${load.protocol.replace("/", "")}.tsv`);
  // As a browser has: one request at a time on a connection over HTTP/1.1, several over HTTP/2.
  const pace = [`--rps=${requestsPerS / load.connections}`, `--log-file=${log}`];
  const streams = load.protocol === "h2" ? [] : ["--h1"];
  await run(["rm", "-f", log]);
  await run(onLoadCore(h2loadCommand(target, load, [...pace, ...streams])));
  const rows = (await readFile(log, "utf8")).trim().split("\n");
  const waits = rows.map((row) => {
    const [, status, microseconds] = row.split("\t");
    if (Number(status) !== load.status) throw new Error(`${target.name} answered ${status} under half its load`);
    return Number(microseconds);
  });
  return percentile(waits, 0.99) / 1000;
}

/** The value that `share` of the numbers do not exceed. Throws RangeError where there are none. */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new RangeError("There is no percentile of nothing");
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}
