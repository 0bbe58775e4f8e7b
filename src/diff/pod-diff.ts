interface File {
  readonly path: string;
  /** Names the content; equal where the bytes are. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

export interface PodDiff {
  readonly added: readonly SizedPath[];
  readonly changed: readonly ChangedFile[];
  readonly removed: readonly SizedPath[];
  /** Files that are the same in both. */
  readonly unchanged: number;
}
export interface SizedPath {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}
export interface ChangedFile extends SizedPath {
  /** Bytes before the change. */
  readonly previous_size: number;
}

/** Compares two sets of files by path and content. Each list is sorted by path. */
export function diffPods(before: Iterable<File>, after: Iterable<File>): PodDiff {
  const left = new Map(Array.from(before, (file) => [file.path, file]));
  const added: SizedPath[] = [];
  const changed: ChangedFile[] = [];
  let unchanged = 0;
  for (const { path, hash, size } of after) {
    const previous = left.get(path);
    left.delete(path);
    if (!previous) added.push({ path, size });
    else if (previous.hash !== hash) changed.push({ path, size, previous_size: previous.size });
    else unchanged++;
  }
  const removed = Array.from(left.values(), ({ path, size }) => ({ path, size }));
  return { added: added.sort(byPath), changed: changed.sort(byPath), removed: removed.sort(byPath), unchanged };
}

const byPath = (a: SizedPath, b: SizedPath) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
