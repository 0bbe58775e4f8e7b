import { backOffMs } from "./back-off.ts";
import { certificateKey } from "./certificate.ts";
import { type Documents, overwrite } from "./ports.ts";

/** The failures in a row of a name's orders. Kept in the store: neither a restart nor another edge tries sooner. */
export interface Attempts {
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly nextMs: number;
}

const NONE: Attempts = { failures: 0, nextMs: 0 };

export async function readAttempts(documents: Documents, name: string): Promise<Attempts> {
  const text = await documents.read(certificateKey("attempts", name));
  return text === undefined ? NONE : (JSON.parse(text) as Attempts);
}

/** Notes one more failure. Returns when to try again. */
export async function noteFailure(
  documents: Documents,
  name: string,
  nowMs: number,
  chance: number,
): Promise<Attempts> {
  const failures = (await readAttempts(documents, name)).failures + 1;
  return await write(documents, name, { failures, nextMs: nowMs + backOffMs(failures, chance) });
}

/** Lets nobody try before `nextMs`, though nothing failed. */
export async function postpone(documents: Documents, name: string, nextMs: number): Promise<void> {
  const { failures } = await readAttempts(documents, name);
  await write(documents, name, { failures, nextMs });
}

async function write(documents: Documents, name: string, attempts: Attempts): Promise<Attempts> {
  await overwrite(documents, certificateKey("attempts", name), `${JSON.stringify(attempts)}\n`);
  return attempts;
}

export const clearAttempts = (documents: Documents, name: string): Promise<boolean> =>
  documents.remove(certificateKey("attempts", name));
