import type { Digest } from "#model";

interface Content {
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface UploadPlan<T extends Content> {
  /** What must be sent: each content once, under the first path that has it. */
  readonly missing: readonly T[];
  /** Files whose content need not be sent, because it is there or goes with another file. */
  readonly reusable: number;
}

/** Decides what to upload so that everything wanted is there: have × want → missing, in the order of `want`. */
export function planUpload<T extends Content>(want: Iterable<T>, have: ReadonlySet<Digest>): UploadPlan<T> {
  const missing = new Map<Digest, T>();
  let reusable = 0;
  for (const file of want) {
    if (have.has(file.digest) || missing.has(file.digest)) reusable++;
    else missing.set(file.digest, file);
  }
  return { missing: [...missing.values()], reusable };
}
