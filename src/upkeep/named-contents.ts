import { type Digest, openManifest } from "#model";
import { hashBytes, type InspectedStore } from "#store";
import { readDocument } from "./read-document.ts";
import type { Texts } from "./snapshot.ts";
import { collectBody } from "./stored-bytes.ts";

export interface NamedContents {
  /** Digest → bytes. The size of a manifest that could not be read is undefined. */
  readonly sizes: ReadonlyMap<Digest, number | undefined>;
  /** Manifests that are not there, or are none. */
  readonly unreadable: readonly Digest[];
}

/** Finds all contents that documents name: manifests, and what these name. */
export async function findNamedContents(texts: Texts, blobs: InspectedStore["blobs"]): Promise<NamedContents> {
  const manifests = new Set<Digest>();
  for (const [key, text] of texts) {
    for (const { manifest } of readDocument(key, text)?.pods ?? []) manifests.add(manifest);
  }
  const sizes = new Map<Digest, number | undefined>();
  const unreadable: Digest[] = [];
  for (const digest of manifests) {
    const stored = await blobs.read(digest);
    const bytes = stored && (await collectBody(stored.body));
    const manifest = bytes && hashBytes(bytes) === digest ? openManifest(bytes) : undefined;
    sizes.set(digest, bytes?.length);
    if (!manifest) unreadable.push(digest);
    for (const entry of manifest?.entries() ?? []) sizes.set(entry.digest, entry.size);
  }
  return { sizes, unreadable };
}
