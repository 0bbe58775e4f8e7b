import { formatBytes, formatCount, formatDuration, percentage } from "./format.ts";

export interface Progress {
  readonly label: string;
  readonly files: number;
  readonly allFiles: number;
  /** Bytes. */
  readonly bytes: number;
  readonly allBytes: number;
  readonly elapsedMs: number;
}

const BAR_WIDTH = 24;
/** Below this the rate says nothing. */
const MIN_RATED_MS = 1000;

/** Writes one line of progress, no wider than the terminal: bar, files, bytes, and what is left as the rate goes. */
export function formatProgress(progress: Progress, columns: number): string {
  const { label, files, allFiles, bytes, allBytes, elapsedMs } = progress;
  const share = allBytes > 0 ? bytes / allBytes : allFiles > 0 ? files / allFiles : 1;
  const filled = Math.round(share * BAR_WIDTH);
  const parts = [
    `${label} ${"━".repeat(filled)}${"─".repeat(BAR_WIDTH - filled)}`,
    `${files.toLocaleString("en-US")}/${formatCount(allFiles, "file")}`,
    ...(allBytes > 0 ? [`${formatBytes(bytes)} of ${formatBytes(allBytes)}`] : []),
  ];
  if (elapsedMs >= MIN_RATED_MS && bytes > 0 && bytes < allBytes) {
    const bytesPerMs = bytes / elapsedMs;
    parts.push(`${formatBytes(bytesPerMs * 1000)}/s`, `${formatDuration((allBytes - bytes) / bytesPerMs)} left`);
  }
  while (parts.length > 1 && parts.join("  ").length >= columns) parts.pop();
  return parts.join("  ").slice(0, Math.max(columns - 1, 0));
}

/** Writes the same where no line can be redrawn. */
export function formatPlainProgress({ label, files, allFiles, bytes, allBytes }: Progress): string {
  const share = allBytes > 0 ? percentage(bytes, allBytes) : percentage(files, allFiles);
  return `${label} ${files.toLocaleString("en-US")}/${formatCount(allFiles, "file")} (${share}%)`;
}
