import { blobKey, type Digest, openManifest } from "#model";
import { hashBytes, type InspectedStore } from "#store";
import { readDocument } from "./read-document.ts";
import type { Texts } from "./snapshot.ts";
import { collectBody } from "./stored-bytes.ts";
import { readUnless } from "./unreadable.ts";

export interface NamedContents {
  /** Digest → bytes. The size of a manifest that could not be read is undefined. */
  readonly sizes: ReadonlyMap<Digest, number | undefined>;
  /** Manifests that are not there, or are none. */
  readonly unreadable: readonly Digest[];
}

/**
 * Finds all contents that documents name: manifests, and what these name. Throws where the machine does not let a manifest be read,
 * unless `tell` is to be told why.
 */
export async function findNamedContents(
  texts: Texts,
  blobs: InspectedStore["blobs"],
  tell?: (digest: Digest, problem: string) => void,
): Promise<NamedContents> {
  const manifests = new Set<Digest>();
  for (const [key, text] of texts) {
    for (const { manifest } of readDocument(key, text)?.pods ?? []) manifests.add(manifest);
  }
  const sizes = new Map<Digest, number | undefined>();
  const unreadable: Digest[] = [];
  for (const digest of manifests) {
    const read = async () => {
      const stored = await blobs.read(digest);
      return stored && (await collectBody(stored.body));
    };
    const bytes = await readUnless(read, blobKey(digest), tell && ((problem) => tell(digest, problem)));
    const manifest = bytes && hashBytes(bytes) === digest ? openManifest(bytes) : undefined;
    sizes.set(digest, bytes?.length);
    if (!manifest) unreadable.push(digest);
    for (const entry of manifest?.entries() ?? []) sizes.set(entry.digest, entry.size);
  }
  return { sizes, unreadable };
}
