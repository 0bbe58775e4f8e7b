import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  blobKey,
  type Digest,
  openManifest,
  parseClaim,
  parseHostRecord,
  parsePreview,
  parseRef,
  parseReleaseRecord,
} from "#model";
import { hashBytes, PackFolder, readPacked } from "#store";
import { listTree } from "./file-tree.ts";

/** How each folder of documents is read, and which manifests its documents name. */
const readers: Readonly<Record<string, (text: string) => readonly Digest[] | undefined>> = {
  refs: (text) => {
    const ref = parseRef(text);
    return ref && [ref.manifest, ...ref.survivors.map(({ manifest }) => manifest)];
  },
  releases: (text) => named(parseReleaseRecord(text)),
  previews: (text) => named(parsePreview(text)),
  sites: (text) => parseClaim(text) && [],
  hosts: (text) => parseHostRecord(text) && [],
};

const named = (record: { readonly manifest: Digest } | undefined) => record && [record.manifest];

/**
 * Returns a check of a data folder as it lies on the disk, whoever wrote it: every document can be read, every manifest
 * that one names is there and is one, every content that a manifest names is there, and every blob is what its name says.
 * The check lists the faults. Blobs never change, so each is read once, and its presence is checked each time.
 */
export function dataCheck(data: string): () => Promise<string[]> {
  const known = new Map<Digest, readonly Digest[]>();
  const packs = new PackFolder(join(data, "packs"));

  /** Reads a blob the first time. Returns what it names where it is a manifest. */
  async function read(digest: Digest, isManifest: boolean): Promise<readonly Digest[]> {
    const before = known.get(digest);
    if (before) return before;
    const packed = packs.find(digest);
    const bytes = packed ? await readPacked(packed.pack, packed.content) : await readFile(join(data, blobKey(digest)));
    if (hashBytes(bytes) !== digest) throw new Error("its content is not what its name says");
    const manifest = isManifest ? openManifest(bytes) : undefined;
    if (isManifest && !manifest) throw new Error("it is no manifest");
    const names = Array.from(manifest?.entries() ?? [], (entry) => entry.digest);
    known.set(digest, names);
    return names;
  }

  return async () => {
    const faults: string[] = [];
    const present = new Set<string>((await packs.list()).flatMap(({ index }) => [...index.keys()]));
    for (const name of await listBlobs(data)) present.add(name);
    const check = async (namedBy: string, digest: Digest, isManifest: boolean): Promise<readonly Digest[]> => {
      try {
        if (!present.has(digest)) throw new Error("it is missing");
        return await read(digest, isManifest);
      } catch (error) {
        faults.push(`${namedBy} names ${digest}: ${(error as Error).message}`);
        return [];
      }
    };
    for (const [folder, parse] of Object.entries(readers)) {
      for (const path of await listTree(join(data, folder)).catch(() => [])) {
        const name = `${folder}/${path}`;
        const manifests = parse(await readFile(join(data, name), "utf8"));
        if (!manifests) faults.push(`${name} cannot be read`);
        for (const manifest of manifests ?? []) {
          for (const digest of await check(name, manifest, true)) await check(`${name}, in its pod,`, digest, false);
        }
      }
    }
    return faults;
  };
}

/** Lists the names of all blobs. */
async function listBlobs(data: string): Promise<string[]> {
  const folders = await readdir(join(data, "blobs"));
  return (await Promise.all(folders.map((folder) => readdir(join(data, "blobs", folder))))).flat();
}
