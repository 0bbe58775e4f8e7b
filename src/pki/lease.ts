import { certificateKey } from "./certificate.ts";
import type { Documents } from "./ports.ts";

/** An edge that says nothing for so long has died. Far more than the clocks of two machines may differ. */
const LEASE_MS = 90 * 1000;
const HEARTBEAT_MS = 20 * 1000;

interface Lease {
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

export interface LeaseHolder {
  readonly documents: Documents;
  /** Names this edge among all. */
  readonly owner: string;
  readonly nowMs: () => number;
}

/** Runs `task` where no other edge works on `name`. Returns false, without running it, where one does. */
export async function withLease(holder: LeaseHolder, name: string, task: () => Promise<void>): Promise<boolean> {
  const { documents, owner, nowMs } = holder;
  const key = certificateKey("leases", name);
  const current = await documents.read(key);
  if (current !== undefined && (JSON.parse(current) as Lease).untilMs > nowMs()) return false;
  let held = format(owner, nowMs() + LEASE_MS);
  const taken = current === undefined ? await documents.create(key, held) : await documents.replace(key, current, held);
  if (!taken) return false;

  let renewing = Promise.resolve();
  const extend = async (untilMs: number) => {
    const next = format(owner, untilMs);
    if (await documents.replace(key, held, next)) held = next;
  };
  const heartbeat = setInterval(() => {
    renewing = renewing.then(() => extend(nowMs() + LEASE_MS)).catch(() => {});
  }, HEARTBEAT_MS);
  try {
    await task();
  } finally {
    clearInterval(heartbeat);
    await renewing;
    await extend(0);
  }
  return true;
}

const format = (owner: string, untilMs: number): string => `${JSON.stringify({ owner, untilMs } satisfies Lease)}\n`;
