import type { ReleaseFile } from "./api.ts";

/** One path that two releases do not share: sizes are in bytes, undefined on the side that has no such file. */
export interface FileChange {
  path: string;
  kind: "added" | "changed" | "removed";
  before: number | undefined;
  after: number | undefined;
  /** The media type, the newer one where it has changed. */
  type: string;
}

/** Larger texts are not compared line by line. */
const MAX_TEXT_BYTES = 1024 * 1024;
const TEXT = /^text\/|[/+](json|xml|javascript|ecmascript|yaml|toml|manifest)\b/;

/** How the two sides of a change are shown. */
export function compareAs({ type, before = 0, after = 0 }: FileChange): "text" | "image" | "large" | "opaque" {
  if (type.startsWith("image/")) return "image";
  if (!TEXT.test(type)) return "opaque";
  return Math.max(before, after) > MAX_TEXT_BYTES ? "large" : "text";
}

/** Lists the files that differ in content between two releases, by path. */
export function diffFiles(from: readonly ReleaseFile[], to: readonly ReleaseFile[]): FileChange[] {
  const before = new Map(from.map((file) => [file.path, file]));
  const after = new Map(to.map((file) => [file.path, file]));
  const changes: FileChange[] = [];
  for (const file of to) {
    const old = before.get(file.path);
    const { path, size, content_type: type } = file;
    if (!old) changes.push({ path, kind: "added", before: undefined, after: size, type });
    else if (old.hash !== file.hash) changes.push({ path, kind: "changed", before: old.size, after: size, type });
  }
  for (const file of from) {
    const { path, size, content_type: type } = file;
    if (!after.has(path)) changes.push({ path, kind: "removed", before: size, after: undefined, type });
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Counts changes by kind, and by how many bytes they make the release larger. */
export function summarize(changes: readonly FileChange[]): Record<FileChange["kind"], number> & { bytes: number } {
  const summary = { added: 0, changed: 0, removed: 0, bytes: 0 };
  for (const change of changes) {
    summary[change.kind] += 1;
    summary.bytes += (change.after ?? 0) - (change.before ?? 0);
  }
  return summary;
}
