import type { Digest } from "#model";

interface Content {
  readonly path: string;
  readonly digest: Digest;
}

export interface UploadPlan<T extends Content> {
  /** What must be sent: each content once, under the first path that has it. */
  readonly missing: readonly T[];
  /** Files whose content is there already. */
  readonly reusable: number;
}

/** Decides what to upload so that everything wanted is there: have × want → missing, in the order of `want`. */
export function planUpload<T extends Content>(want: Iterable<T>, has: (digest: Digest) => boolean): UploadPlan<T> {
  const missing = new Map<Digest, T>();
  let reusable = 0;
  for (const file of want) {
    if (has(file.digest)) reusable++;
    else if (!missing.has(file.digest)) missing.set(file.digest, file);
  }
  return { missing: [...missing.values()], reusable };
}
