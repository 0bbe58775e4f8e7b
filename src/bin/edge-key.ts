import type { Documents } from "#store";

/** In the store, so whoever may read the store may listen: edges need to be told no other secret. */
const KEY = "edges/key.json";

/** Returns what edges prove by that they are this server's: what is stored, or the new one, which is stored then. */
export async function ensureEdgeKey(documents: Documents, newKey: () => string): Promise<string> {
  for (;;) {
    const stored = await readEdgeKey(documents);
    if (stored !== undefined) return stored;
    await documents.create(KEY, `${JSON.stringify({ key: newKey() })}\n`);
  }
}

/** Undefined where no edge has asked a control plane yet. */
export async function readEdgeKey(documents: Pick<Documents, "read">): Promise<string | undefined> {
  const text = await documents.read(KEY);
  return text === undefined ? undefined : (JSON.parse(text) as { key: string }).key;
}
