import type { Api } from "#wire";
import { formatBytes } from "./format/bytes.ts";

const PERCENT = 100;

/** Says how much of a release was at the server before; nothing where that is not known. */
export function describeReuse(release: Api.HistoryItem): string {
  const { new_files: fresh, new_bytes: bytes, files_count: files } = release;
  if (fresh === null || bytes === null) return "";
  if (fresh === 0) return "all of it was there already";
  if (fresh === files) return "all of it was new";
  const reused = Math.floor(((files - fresh) / files) * PERCENT);
  return `${formatBytes(bytes)} were new, ${reused}% of the files were there already`;
}
