import { formatLease, LEASE_FOLDER, leaseKey, parseLease, SitepodError } from "#model";
import type { Documents } from "./ports.ts";

/** So long contents stay after a holder was killed; one that lives renews in time. */
const LEASE_MS = 15 * 60 * 1000;
const RENEW_MS = 60 * 1000;

export interface HeldLease extends AsyncDisposable {
  readonly id: string;
  /** Throws SitepodError `unavailable` where it could not be renewed in time: contents may have been removed since. */
  requireHeld(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Takes a lease and keeps renewing it until it is disposed of. From the moment this resolves no content is removed. */
export async function holdLease(
  documents: Documents,
  { purpose, id, nowMs }: { readonly purpose: string; readonly id: string } & Clock,
): Promise<HeldLease> {
  const key = leaseKey(id);
  const textAt = (ms: number) => formatLease({ purpose, expires_at: new Date(ms + LEASE_MS).toISOString() });
  let writtenMs = nowMs();
  let text = textAt(writtenMs);
  if (!(await documents.create(key, text))) throw new SitepodError("conflict", `The lease ${id} is held already.`);
  let renewing: Promise<void> = Promise.resolve();
  const renew = async () => {
    const ms = nowMs();
    const next = textAt(ms);
    if (!(await documents.replace(key, text, next))) return;
    [text, writtenMs] = [next, ms];
  };
  // What fails is tried again a minute later, and told at the end.
  const timer = setInterval(() => (renewing = renewing.then(renew).catch(() => {})), RENEW_MS);
  return {
    id,
    requireHeld() {
      if (nowMs() < writtenMs + LEASE_MS) return;
      throw new SitepodError("unavailable", `The hold on contents for this ${purpose} has expired. Try again.`);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await renewing;
      await documents.remove(key);
    },
  };
}

/** Lists what is being done under a lease now. Forgets those that have expired. */
export async function findLeases(
  documents: Documents,
  { nowMs }: Clock,
): Promise<{ readonly id: string; readonly purpose: string }[]> {
  const held = [];
  for await (const key of documents.list(LEASE_FOLDER)) {
    const text = await documents.read(key);
    if (text === undefined) continue;
    const lease = parseLease(text);
    const id = key.slice(LEASE_FOLDER.length, -".json".length);
    if (!lease) throw new SitepodError("internal", `${key} in the server's storage is damaged. Remove it.`);
    if (Date.parse(lease.expires_at) > nowMs()) held.push({ id, purpose: lease.purpose });
    // One that cannot be removed, since another user of the machine wrote it, holds nothing all the same.
    else await documents.remove(key).catch(() => false);
  }
  return held;
}
