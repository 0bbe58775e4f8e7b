const UNITS = ["", "K", "M", "G", "T"] as const;

/** Reads a size as operators write it, by powers of 1024: `512MiB`, `10G`, `100`. Undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,15})\s*([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * 1024 ** UNITS.indexOf(unit.toUpperCase() as (typeof UNITS)[number]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes a size as `parseSize` reads it, to a tenth of the largest unit that it has: `9.8 GiB`, `512 MiB`, `20 bytes`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  let unit = 1;
  const inUnit = () => Number((bytes / 1024 ** unit).toFixed(1));
  while (inUnit() >= 1024 && unit < UNITS.length - 1) unit++;
  return `${inUnit()} ${UNITS[unit]}iB`;
}
