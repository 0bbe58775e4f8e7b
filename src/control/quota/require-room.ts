import { type Digest, formatSize, type Manifest, SitepodError } from "#model";
import { DigestMap } from "#store";
import type { Context } from "../context.ts";
import { findHeld, findOwned } from "../release/ownership.ts";
import { findLimits, orAsk } from "./limits.ts";
import { findDoubtful, readServerUsage, readUsage, recountUsage } from "./usage.ts";

/** Contents that are to become a workspace's, and the manifests that name them. */
export interface NewContents {
  /** Their bytes, where the workspace has none of them yet. */
  readonly mostBytes: number;
  /** The bytes of each. Asked only where it matters: a pod may have many. */
  readonly sizes: () => DigestMap;
}

/** A pod that is to become a release. */
export interface NewPod {
  readonly digest: Digest;
  readonly manifest: Manifest;
  /** The pod of a release, all of whose contents are the workspace's. */
  readonly base: Manifest | undefined;
}

export const contentsOf = ({ digest, manifest, base }: NewPod): NewContents => ({
  mostBytes: manifest.totalSize + manifest.byteLength,
  sizes() {
    const sizes = new DigestMap(base ? undefined : manifest.fileCount + 1).set(digest, manifest.byteLength);
    for (const content of manifest.contents(base)) sizes.set(content.digest, content.size);
    return sizes;
  },
});

/**
 * Throws SitepodError `too_large` where the workspace would hold more than it may with these contents, and `storage_full`
 * where the server would. `recount` counts anew what is in doubt: nobody is refused for what is gone.
 */
export async function requireStoredRoom(
  context: Context,
  workspaceId: string,
  contents: NewContents,
  recount: (workspaceIds: readonly string[]) => Promise<void>,
): Promise<void> {
  const { query } = context.db;
  const { maxStoredBytes } = await findLimits(context, workspaceId);
  const { maxServerStoredBytes } = context.settings;
  const isWithin = async (read: () => Promise<number>, limit: number) =>
    limit === Infinity || (await read()) + contents.mostBytes <= limit;
  const ofWorkspace = async () => (await readUsage(query, workspaceId)).storedBytes;
  const ofServer = () => readServerUsage(query);

  if (!(await isWithin(ofWorkspace, maxStoredBytes))) {
    if ((await readUsage(query, workspaceId)).isDoubtful) await recount([workspaceId]);
    const [stored, added] = [await ofWorkspace(), await newBytes(context, workspaceId, contents)];
    if (stored + added > maxStoredBytes) {
      const told = { whose: "The releases of this workspace", stored, added, limit: maxStoredBytes };
      throw new SitepodError("too_large", describe(told, "SITEPOD_MAX_STORED_SIZE"));
    }
  }
  if (!(await isWithin(ofServer, maxServerStoredBytes))) {
    await recount(await findDoubtful(query));
    const [stored, added] = [await ofServer(), await newBytes(context, workspaceId, contents)];
    if (stored + added > maxServerStoredBytes) {
      const told = { whose: "The releases on this server", stored, added, limit: maxServerStoredBytes };
      throw new SitepodError("storage_full", describe(told, "SITEPOD_MAX_SERVER_STORED_SIZE"));
    }
  }
}

interface Told {
  readonly whose: string;
  readonly stored: number;
  readonly added: number;
  readonly limit: number;
}

const describe = ({ whose, stored, added, limit }: Told, option: string): string =>
  `${whose} hold ${formatSize(stored)}, this adds ${formatSize(added)}, and ${formatSize(limit)} are allowed. Delete ` +
  "sites that nobody needs for good (sitepod delete --now; those in the bin count) or keep fewer releases " +
  `(sitepod retention), ${orAsk(option)}`;

/** Counts anew in the turn of each workspace's commits: not to be called within one. */
export const recountInTurn =
  (context: Context) =>
  async (workspaceIds: readonly string[]): Promise<void> => {
    for (const id of workspaceIds) await context.inTurn(id, () => recountUsage(context, id));
  };

/** The bytes of what no release of the workspace has. */
async function newBytes({ db }: Context, workspaceId: string, contents: NewContents): Promise<number> {
  const sizes = contents.sizes();
  let bytes = sizes.total();
  for (const digest of await findHeld(db.query, workspaceId, sizes.digests)) bytes -= sizes.get(digest)!;
  return bytes;
}

/** A file takes whole blocks of the disk. */
const BLOCK_BYTES = 4096;
const inBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Throws SitepodError `storage_full` where the disk has no room for what of a pod is to be sent. */
export async function requireDiskRoomFor(context: Context, workspaceId: string, pod: NewPod): Promise<void> {
  const { db, disk, store } = context;
  const { fileCount, totalSize, byteLength } = pod.manifest;
  if (!disk.keepsContents) return await disk.requireRoom(byteLength);
  try {
    await disk.requireRoom(totalSize + byteLength + fileCount * BLOCK_BYTES);
  } catch {
    const sizes = contentsOf(pod).sizes();
    const owned = await findOwned(db.query, workspaceId, sizes.digests);
    const staged = await store.uploads.staged(workspaceId);
    let bytes = 0;
    for (const [digest, size] of sizes) if (!owned.has(digest) && !staged.has(digest)) bytes += inBlocks(size);
    await disk.requireRoom(bytes);
  }
}
