import type { InspectedStore, Stored } from "#store";
import { type Digest, quarantinedDocumentKey } from "#model";
import type { Damage } from "./damage.ts";
import { readDocument } from "./read-document.ts";

/** Another store, or a backup, that may have what is damaged here. */
export interface RepairSource {
  readBlob(digest: Digest): Promise<Stored | undefined>;
  readDocument(key: string): Promise<string | undefined>;
}

export interface RepairTools {
  readonly store: InspectedStore;
  readonly source: RepairSource | undefined;
  /** Has the next deploy that holds a content send it, whoever sent it before. */
  readonly forgetOwners: (digest: Digest) => Promise<void>;
  /** Makes a document anew from what is known besides it; undefined where that is too little. */
  readonly remake?: (key: string) => Promise<string | undefined>;
}

/** What became of some damage. What is quarantined or expected is not whole before somebody deploys it again. */
export type Outcome = "restored" | "remade" | "quarantined" | "expected" | "removed" | "left";

/**
 * Repairs one thing, by the source where that has it whole. Nothing that can be read is overwritten, and what may be whole is not
 * put away.
 */
export async function repair(tools: RepairTools, damage: Damage): Promise<Outcome> {
  switch (damage.kind) {
    case "blob":
      return await repairBlob(tools, damage.digest!, damage.isUnreadable ?? false);
    case "encoding":
      return await removeEncodings(tools, damage);
    case "document":
      return damage.isUnreadable ? "left" : await repairDocument(tools, damage.key);
    case "database":
      return "left";
    default:
      return damage.kind satisfies never;
  }
}

async function repairBlob(
  { store, source, forgetOwners }: RepairTools,
  digest: Digest,
  mayBeWhole: boolean,
): Promise<Outcome> {
  const found = await source?.readBlob(digest);
  if (found) {
    try {
      await store.blobs.write(digest, found.size, found.body);
      return "restored";
    } catch (error) {
      // The source's may be damaged too.
      if ((error as { code?: unknown }).code !== "invalid") throw error;
    }
  }
  if (mayBeWhole) return "left";
  // The claim to it goes first: who is said to have sent it is not asked for it.
  await forgetOwners(digest);
  return (await store.blobs.quarantine(digest)) ? "quarantined" : "expected";
}

/** The marks of the pods go too: the server makes at its next start what a pod without one lacks. */
async function removeEncodings({ store }: RepairTools, { digest, pods }: Damage): Promise<Outcome> {
  for (const pod of pods) await store.encodings.remove(pod);
  await store.encodings.remove(digest!);
  return "removed";
}

async function repairDocument({ store, source, remake }: RepairTools, key: string): Promise<Outcome> {
  const kept = await source?.readDocument(key);
  const isKept = kept !== undefined && readDocument(key, kept) !== undefined;
  const text = isKept ? kept : await remake?.(key);
  if (text === undefined) return "left";
  const present = await store.documents.read(key);
  if (present !== undefined && readDocument(key, present)) return "left";
  // No other place has it: somebody may want to look at what it was.
  if (!isKept && present !== undefined) await putAside(store, key, present);
  const isDone =
    present === undefined ? await store.documents.create(key, text) : await store.documents.replace(key, present, text);
  return isDone ? (isKept ? "restored" : "remade") : "left";
}

async function putAside({ documents }: InspectedStore, key: string, text: string): Promise<void> {
  for (let number = 1; !(await documents.create(quarantinedDocumentKey(key, number), text)); number++);
}
