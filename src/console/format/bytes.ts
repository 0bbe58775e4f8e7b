const UNITS = ["kB", "MB", "GB", "TB"];

/** Writes a number of bytes in decimal units, as browsers do: 1500 → "1.5 kB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes;
  let unit = "";
  for (unit of UNITS) {
    amount /= 1000;
    if (amount < 999.5) break;
  }
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** Writes a difference of bytes with its sign: -300 → "−300 B", 0 → "±0 B". */
export function formatByteChange(bytes: number): string {
  const sign = bytes > 0 ? "+" : bytes < 0 ? "−" : "±";
  return sign + formatBytes(Math.abs(bytes));
}

/** Writes a count with its noun: (1, "file") → "1 file", (1200, "file") → "1,200 files". */
export const formatCount = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
