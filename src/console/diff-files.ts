import type { ReleaseFile } from "./api.ts";

/** One path that two releases do not share: sizes are in bytes, undefined on the side that has no such file. */
export interface FileChange {
  path: string;
  kind: "added" | "changed" | "removed";
  before: number | undefined;
  after: number | undefined;
}

/** Lists the files that differ in content between two releases, by path. */
export function diffFiles(from: readonly ReleaseFile[], to: readonly ReleaseFile[]): FileChange[] {
  const before = new Map(from.map((file) => [file.path, file]));
  const after = new Map(to.map((file) => [file.path, file]));
  const changes: FileChange[] = [];
  for (const file of to) {
    const old = before.get(file.path);
    if (!old) changes.push({ path: file.path, kind: "added", before: undefined, after: file.size });
    else if (old.hash !== file.hash)
      changes.push({ path: file.path, kind: "changed", before: old.size, after: file.size });
  }
  for (const file of from) {
    if (!after.has(file.path)) changes.push({ path: file.path, kind: "removed", before: file.size, after: undefined });
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
