import type { Digest } from "#model";

interface Content {
  readonly path: string;
  readonly digest: Digest;
}

export interface Changes {
  /** Where in `files` those are that are new, or have another content. */
  readonly changed: readonly number[];
  /** Paths that are no longer there. */
  readonly removed: readonly string[];
}

/** Decides what must be told of files to somebody who knows what they were before. Both are sorted by path. */
export function findChanges(before: Iterable<Content>, files: Iterable<Content>): Changes {
  const changed: number[] = [];
  const removed: string[] = [];
  const rest = before[Symbol.iterator]();
  let next = rest.next();
  let place = 0;
  for (const { path, digest } of files) {
    for (; !next.done && next.value.path < path; next = rest.next()) removed.push(next.value.path);
    const isThere = !next.done && next.value.path === path;
    if (!isThere || next.value.digest !== digest) changed.push(place);
    if (isThere) next = rest.next();
    place++;
  }
  for (; !next.done; next = rest.next()) removed.push(next.value.path);
  return { changed, removed };
}
