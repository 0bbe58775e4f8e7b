import type { Digest } from "#model";
import type { StoredBlob } from "#store";
import type { Context } from "../context.ts";

export interface Removal {
  readonly digest: Digest;
  /** Undefined where the blob is there still, or was gone already. */
  readonly freedBytes?: number;
  /** False where nobody knows whether the store will remove the blob yet. */
  readonly isOver: boolean;
  readonly error?: unknown;
}

/** Removes a blob that was condemned, with its encodings. `assertMayRemove` throws where it is too late for that. */
export async function removeBlob(
  { store }: Context,
  { digest, size }: StoredBlob,
  assertMayRemove: () => void,
): Promise<Removal> {
  let isOver = true;
  try {
    assertMayRemove();
    await store.encodings.remove(digest);
    assertMayRemove();
    isOver = false;
    return { digest, isOver: true, ...((await store.blobs.remove(digest)) && { freedBytes: size }) };
  } catch (error) {
    return { digest, isOver, error };
  }
}
