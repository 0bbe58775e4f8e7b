import { blobKey, type Digest, type Encoding, encodingKey, ENCODINGS, type Manifest, openManifest } from "#model";
import { inParallel, type InspectedStore } from "#store";
import { type BlobState, BlobStates } from "./blob-states.ts";
import type { Damage, Hit, ShowProgress } from "./damage.ts";
import { DocumentStates, type ListKnown, type Namer } from "./document-states.ts";
import { collectBody, hashDecoded } from "./stored-bytes.ts";
import { readUnless } from "./unreadable.ts";

export interface Checked {
  readonly blobs: number;
  /** Of blobs. */
  readonly bytes: number;
  readonly encodings: number;
  readonly documents: number;
  readonly pods: number;
  readonly damage: readonly Damage[];
}

/** A bucket answers many as soon as one. */
const AT_ONCE = 16;

/** What is wrong with some blobs, by digest. */
type Wrong = Map<Digest, { damage: Omit<Damage, "hits" | "pods">; hits: Hit[]; pods: Set<Digest> }>;

/**
 * Reads all of a store, and lists what is damaged with whom it hits. A server may be using it: documents are read after
 * blobs, and what seems to be missing is looked for again. `states` keeps what is known of blobs from one check to the
 * next; `listKnown` what must be there for the database.
 */
export async function checkStore(
  store: InspectedStore,
  show: ShowProgress,
  states = new BlobStates(store.blobs),
  listKnown?: ListKnown,
): Promise<Checked> {
  await states.readAll(show);
  const wrong: Wrong = new Map();
  for (const [digest, state] of states.damaged()) addBlob(wrong, digest, describe(state), state.kind);
  const damagedEncodings: Wrong = new Map();
  const encodings = await checkEncodings(store, states, damagedEncodings, show);
  const documents = new DocumentStates(store.documents, listKnown);
  await documents.readAll();
  let pods = 0;
  await inParallel(documents.pods, AT_ONCE, async ([manifest, namers]) => {
    show({ label: "Reading pods", files: pods++, allFiles: documents.pods.size, bytes: 0, allBytes: 0 });
    await checkPod({ store, states, documents, wrong, damagedEncodings }, manifest, namers);
  });
  return {
    ...states.summary,
    encodings,
    documents: documents.count,
    pods,
    damage: [...(await documents.findDamage()), ...[...wrong.values(), ...damagedEncodings.values()].map(finished)],
  };
}

interface Checking {
  readonly store: InspectedStore;
  readonly states: BlobStates;
  readonly documents: DocumentStates;
  readonly wrong: Wrong;
  readonly damagedEncodings: Wrong;
}

/** Adds what of a pod is damaged, and whom the damage that is known hits. */
async function checkPod(checking: Checking, manifest: Digest, namers: readonly Namer[]): Promise<void> {
  const { states, wrong, damagedEncodings } = checking;
  const release = (label: string, as: string) => (checking.documents.deleted.has(label) ? `${as}, in the bin` : as);
  const hits = (by: readonly Namer[], path?: string): Hit[] =>
    by.map(({ label, as }) => ({ site: label, release: release(label, as), ...(path === undefined ? {} : { path }) }));
  const state = await states.find(manifest);
  const pod = state.kind === "whole" ? await readPod(checking.store, manifest) : undefined;
  if (!pod) {
    const by = state.kind === "missing" ? await checking.documents.stillNaming(manifest) : namers;
    const problem = state.kind === "whole" ? "is no manifest" : describe(state);
    if (by.length > 0) addHits(addBlob(wrong, manifest, problem, state.kind), hits(by), manifest);
    return;
  }
  let still: readonly Namer[] | undefined;
  for (const { path, digest, size } of pod.entries()) {
    const encoded = damagedEncodings.get(digest);
    if (encoded) addHits(encoded, hits(namers, path), manifest);
    const found = await states.find(digest);
    if (found.kind === "whole" && found.size === size) continue;
    still ??= await checking.documents.stillNaming(manifest);
    if (still.length === 0) return;
    const problem = found.kind === "whole" ? `has ${found.size} bytes, and a manifest says ${size}` : describe(found);
    addHits(addBlob(wrong, digest, problem, found.kind), hits(still, path), manifest);
  }
}

const MISSING = "is missing";

function describe(state: Exclude<BlobState, { kind: "whole" }>): string {
  if (state.kind === "unreadable") return state.problem;
  return state.kind === "missing" ? MISSING : "has another content than its name says";
}

async function readPod(store: InspectedStore, digest: Digest): Promise<Manifest | undefined> {
  const stored = await store.blobs.read(digest);
  return stored && openManifest(await collectBody(stored.body));
}

/** Returns how many blobs have encodings. One that goes with its blob meanwhile is not damaged. */
async function checkEncodings(
  store: InspectedStore,
  states: BlobStates,
  damaged: Wrong,
  show: ShowProgress,
): Promise<number> {
  const listed = await Array.fromAsync(store.encodings.list());
  let count = 0;
  await inParallel(listed, AT_ONCE, async (digest) => {
    show({ label: "Reading encodings", files: count++, allFiles: listed.length, bytes: 0, allBytes: 0 });
    const blob = await states.find(digest);
    if (blob.kind !== "whole" || !(await store.encodings.has(digest))) return;
    for (const encoding of ENCODINGS) {
      const problem = await findFault(store, digest, encoding, blob.size);
      // Gone, or made anew, with its blob?
      if (problem === undefined || !(await store.encodings.has(digest))) continue;
      const damage = {
        kind: "encoding",
        key: encodingKey(digest, encoding),
        problem,
        digest,
        isMissing: false,
      } as const;
      damaged.set(digest, { damage, hits: [], pods: new Set() });
      break;
    }
  });
  return count;
}

async function findFault(
  store: InspectedStore,
  digest: Digest,
  encoding: Encoding,
  size: number,
): Promise<string | undefined> {
  let unreadable = "";
  const read = async () => {
    const stored = await store.encodings.read(digest, encoding);
    return stored && (await collectBody(stored.body));
  };
  const encoded = await readUnless(read, encodingKey(digest, encoding), (problem) => (unreadable = problem));
  if (!encoded) return unreadable || MISSING;
  // What is not worth its room is kept empty.
  if (encoded.length === 0) return undefined;
  const decoded = await hashDecoded(encoded, encoding, size);
  return decoded?.digest === digest ? undefined : "does not decode to its blob";
}

function addBlob(wrong: Wrong, digest: Digest, problem: string, state: BlobState["kind"]) {
  const known = wrong.get(digest);
  if (known) return known;
  const isMissing = state === "missing";
  const isUnreadable = state === "unreadable" ? { isUnreadable: true } : {};
  const damage = { kind: "blob", key: blobKey(digest), problem, digest, isMissing, ...isUnreadable } as const;
  const added = { damage, hits: [], pods: new Set<Digest>() };
  wrong.set(digest, added);
  return added;
}

function addHits(to: { hits: Hit[]; pods: Set<Digest> }, hits: readonly Hit[], manifest: Digest): void {
  to.hits.push(...hits);
  to.pods.add(manifest);
}

const finished = ({
  damage,
  hits,
  pods,
}: {
  damage: Omit<Damage, "hits" | "pods">;
  hits: Hit[];
  pods: Set<Digest>;
}) => ({
  ...damage,
  hits: hits.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
  pods: [...pods],
});

const placeOf = ({ site, release, path = "" }: Hit): string => [site, release, path].join(" ");
