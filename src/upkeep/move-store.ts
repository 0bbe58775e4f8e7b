import { type Digest, DOCUMENT_FOLDERS, type Encoded, ENCODINGS, SitepodError } from "#model";
import { inParallel, type InspectedStore } from "#store";
import { copyBlob, isWhole } from "./copy-blob.ts";
import type { ShowProgress } from "./damage.ts";
import { collectBody } from "./stored-bytes.ts";

/** On a disk, what is written at once is synced at once. */
const BLOBS_AT_ONCE = 64;
const DOCUMENTS_AT_ONCE = 32;
/**
 * What a store is made of, the key of its edges, imports under way, traffic that is not added up yet. Leases hold in the store
 * that they were taken in.
 */
const FOLDERS = [...DOCUMENT_FOLDERS, "edges", "imports", "traffic"];

export interface MoveTools {
  /** What a server may be using: contents come to it, and none goes while the lease is held. */
  readonly from: InspectedStore;
  /** What nobody else uses. */
  readonly to: InspectedStore;
  /** Whether contents that were in `to` before are read again: an earlier run wrote, and verified, them. */
  readonly verifiesAll: boolean;
  readonly show: ShowProgress;
}

/** What one pass had to do. */
export interface Passed {
  readonly copied: number;
  /** Of the contents that were copied. */
  readonly copiedBytes: number;
  /** Documents that were written or removed. */
  readonly documents: number;
}

/** Makes a store what another is. */
export interface StoreMove {
  /**
   * Copies what has come or changed since the last pass, each content verified as it is read and as it was written. After
   * a pass in which nobody writes to `from`, `to` has all of its contents, and exactly its documents. Throws SitepodError
   * `unavailable` where contents of `from` are damaged.
   */
  pass(): Promise<Passed>;
  /** What `to` has of `from`. */
  summary(): { readonly blobs: number; readonly bytes: number; readonly documents: number };
}

export function createStoreMove({ from, to, verifiesAll, show }: MoveTools): StoreMove {
  /** What is in `to`, and whole; with bytes. */
  const arrived = new Map<Digest, number>();
  const arrivedEncodings = new Set<Digest>();
  let found: Map<Digest, number> | undefined;
  let texts: Map<string, string> | undefined;

  async function copyBlobs(): Promise<{ copied: number; copiedBytes: number }> {
    found ??= await listSizes(to.blobs);
    const due = (await Array.fromAsync(from.blobs.list())).filter(({ digest }) => !arrived.has(digest));
    const allBytes = due.reduce((total, { size }) => total + size, 0);
    const done = { files: 0, bytes: 0, copied: 0, copiedBytes: 0 };
    const damaged: Digest[] = [];
    await inParallel(due, BLOBS_AT_ONCE, async ({ digest, size }) => {
      const isThere = found!.get(digest) === size && (!verifiesAll || (await isWhole(to.blobs, digest)));
      const copied = isThere ? undefined : await copyBlob(from.blobs, to.blobs, digest);
      if (copied !== undefined) [done.copied, done.copiedBytes] = [done.copied + 1, done.copiedBytes + copied];
      if (isThere || copied !== undefined) arrived.set(digest, size);
      else if (await from.blobs.has(digest)) damaged.push(digest);
      [done.files, done.bytes] = [done.files + 1, done.bytes + size];
      show({ label: "Copying contents", files: done.files, allFiles: due.length, bytes: done.bytes, allBytes });
    });
    if (damaged.length === 0) return done;
    throw new SitepodError(
      "unavailable",
      `${damaged.length} contents here are not what they were, ${damaged[0]} for one. Run sitepod server fsck --repair, then try again.`,
    );
  }

  async function copyEncodings(): Promise<void> {
    const there = arrivedEncodings.size === 0 ? new Set(await Array.fromAsync(to.encodings.list())) : undefined;
    const due = (await Array.fromAsync(from.encodings.list())).filter((digest) => !arrivedEncodings.has(digest));
    await inParallel(due, BLOBS_AT_ONCE, async (digest) => {
      if (!(there?.has(digest) && (await to.encodings.has(digest)))) {
        const encoded = await readEncoded(from.encodings, digest);
        // They are being made now: the next pass finds them.
        if (!encoded) return;
        await to.encodings.write(digest, encoded);
      }
      arrivedEncodings.add(digest);
    });
  }

  async function copyDocuments(): Promise<number> {
    const known = (texts ??= await readTexts(to.documents));
    const wanted = await readTexts(from.documents);
    const changed = [...wanted].filter(([key, text]) => known.get(key) !== text);
    const gone = [...known.keys()].filter((key) => !wanted.has(key));
    let files = 0;
    const step = () => {
      files++;
      show({ label: "Copying documents", files, allFiles: changed.length + gone.length, bytes: 0, allBytes: 0 });
    };
    await inParallel(changed, DOCUMENTS_AT_ONCE, async ([key, text]) => {
      await put(to.documents, key, known.get(key), text);
      known.set(key, text);
      step();
    });
    await inParallel(gone, DOCUMENTS_AT_ONCE, async (key) => {
      await to.documents.remove(key);
      known.delete(key);
      step();
    });
    return files;
  }

  return {
    async pass() {
      const { copied, copiedBytes } = await copyBlobs();
      await copyEncodings();
      return { copied, copiedBytes, documents: await copyDocuments() };
    },
    summary: () => ({
      blobs: arrived.size,
      bytes: [...arrived.values()].reduce((total, size) => total + size, 0),
      documents: texts?.size ?? 0,
    }),
  };
}

async function listSizes(blobs: InspectedStore["blobs"]): Promise<Map<Digest, number>> {
  const sizes = new Map<Digest, number>();
  for await (const { digest, size } of blobs.list()) sizes.set(digest, size);
  return sizes;
}

async function readTexts(documents: InspectedStore["documents"]): Promise<Map<string, string>> {
  const keys: string[] = [];
  for (const folder of FOLDERS) keys.push(...(await Array.fromAsync(documents.list(`${folder}/`))));
  const texts = new Map<string, string>();
  await inParallel(keys, DOCUMENTS_AT_ONCE, async (key) => {
    const text = await documents.read(key);
    if (text !== undefined) texts.set(key, text);
  });
  return texts;
}

async function readEncoded(encodings: InspectedStore["encodings"], digest: Digest): Promise<Encoded | undefined> {
  const encoded: Partial<Record<(typeof ENCODINGS)[number], Uint8Array>> = {};
  for (const encoding of ENCODINGS) {
    const stored = await encodings.read(digest, encoding);
    if (!stored) return undefined;
    encoded[encoding] = await collectBody(stored.body);
  }
  return encoded as Encoded;
}

async function put(
  documents: InspectedStore["documents"],
  key: string,
  before: string | undefined,
  text: string,
): Promise<void> {
  const isPut = before === undefined ? documents.create(key, text) : documents.replace(key, before, text);
  if ((await isPut) || (await documents.read(key)) === text) return;
  throw new SitepodError("conflict", `Somebody else writes ${key} into that storage. Move into an empty one.`);
}
