const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** Writes a size for people, by powers of 1000: `340 KB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  let size = Math.abs(bytes);
  let unit = 0;
  while (unit < BYTE_UNITS.length - 1 && Number(size.toFixed(size < 10 && unit > 0 ? 1 : 0)) >= 1000) {
    size /= 1000;
    unit++;
  }
  return `${bytes < 0 ? "-" : ""}${Number(size.toFixed(size < 10 && unit > 0 ? 1 : 0))} ${BYTE_UNITS[unit]}`;
}

/** Writes a span for people: `4.2 ms`, `0.3 s`, `12 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 100) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  const rest = Math.round(seconds) % 60;
  return `${Math.floor(Math.round(seconds) / 60)} min${rest > 0 ? ` ${rest} s` : ""}`;
}

const AGES: readonly [unit: string, minutes: number][] = [
  ["d", 1440],
  ["h", 60],
  ["min", 1],
];

/** Writes how long ago a moment was, or how far ahead it is: `3 h ago`, `in 2 d`, `just now`. */
export function formatAge(iso: string, nowMs: number): string {
  const minutes = Math.round((nowMs - Date.parse(iso)) / 60_000);
  for (const [unit, length] of AGES) {
    const count = Math.floor(Math.abs(minutes) / length);
    if (count > 0) return minutes > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
  }
  return minutes < 0 ? "in a moment" : "just now";
}

/** `1 file`, `3 files`, `12,000 files`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural}`;
}

/** `10 of 40` → 25. Of nothing, all is done. */
export const percentage = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.floor((part / whole) * 100);
