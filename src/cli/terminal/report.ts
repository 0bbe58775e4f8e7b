import type { Output } from "../world.ts";
import { formatPlainProgress, formatProgress, type Progress } from "./progress.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";

const LABEL_WIDTH = 11;
const REDRAW_MS = 80;
/** Off a terminal, work that takes long says so this often. */
const PLAIN_LINE_MS = 5000;
const CLEAR_LINE = "\r\x1b[2K";

/** What a command tells while it works. It goes to standard error: standard output holds results only. */
export interface Report {
  /** Something is done: `✓ Scanned  42 files`. */
  step(label: string, text: string): void;
  warn(text: string): void;
  /** A quiet line of advice. */
  note(text: string): void;
  /** Shows work under way: one line, redrawn. Call `clear` when it is over. */
  progress(progress: Omit<Progress, "elapsedMs">): void;
  clear(): void;
}

interface ReportOptions {
  readonly output: Output;
  readonly paint: Paint;
  readonly now: () => number;
}

export function createReport({ output, paint, now }: ReportOptions): Report {
  let startedMs: number | undefined;
  let label = "";
  let drawnMs = 0;
  const line = (text: string) => {
    clear();
    output.write(`${printable(text, paint)}\n`);
  };
  function clear(): void {
    if (startedMs !== undefined && output.isTTY) output.write(CLEAR_LINE);
    startedMs = undefined;
  }
  return {
    step: (label, text) => line(`${paint.green("✓")} ${paint.bold(label.padEnd(LABEL_WIDTH))} ${text}`),
    warn: (text) => line(`${paint.yellow("!")} ${text}`),
    note: (text) => line(text === "" ? "" : `  ${paint.dim(text)}`),
    progress(progress) {
      const nowMs = now();
      if (startedMs === undefined || label !== progress.label) [startedMs, label, drawnMs] = [nowMs, progress.label, 0];
      const isDue =
        nowMs - Math.max(drawnMs, output.isTTY ? 0 : startedMs) >= (output.isTTY ? REDRAW_MS : PLAIN_LINE_MS);
      if (!isDue) return;
      drawnMs = nowMs;
      const full = { ...progress, elapsedMs: nowMs - startedMs };
      if (output.isTTY) output.write(`${CLEAR_LINE}  ${formatProgress(full, (output.columns ?? 80) - 2)}`);
      else output.write(`  ${formatPlainProgress(full)}\n`);
    },
    clear,
  };
}

/** Tells nothing: for `--json`. */
export const silentReport: Report = { step() {}, warn() {}, note() {}, progress() {}, clear() {} };
