import type { Digest } from "#model";

interface Content {
  readonly path: string;
  readonly digest: Digest;
}

export interface Changes<T extends Content> {
  /** Files that are new, or have another content, in the order of `files`. */
  readonly changed: readonly T[];
  /** Paths that are no longer there. */
  readonly removed: readonly string[];
}

/** Decides what must be told of files to somebody who knows what they were before. */
export function findChanges<T extends Content>(before: ReadonlyMap<string, Digest>, files: readonly T[]): Changes<T> {
  const changed = files.filter(({ path, digest }) => before.get(path) !== digest);
  if (changed.length === 0 && files.length === before.size) return { changed, removed: [] };
  const paths = new Set(files.map(({ path }) => path));
  return { changed, removed: [...before.keys()].filter((path) => !paths.has(path)) };
}

/** Each content once, under the first path that has it. */
export function distinctContents<T extends Content>(files: Iterable<T>): readonly T[] {
  const contents = new Map<Digest, T>();
  for (const file of files) if (!contents.has(file.digest)) contents.set(file.digest, file);
  return [...contents.values()];
}
