/** The store's documents, as far as certificates need them. Keys are lower-case, writes are durable and atomic. */
export interface Documents {
  read(key: string): Promise<string | undefined>;
  create(key: string, text: string): Promise<boolean>;
  replace(key: string, expected: string, text: string): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  list(prefix: string): AsyncIterable<string>;
}

/** Documents for who knows their keys. */
export type Pages = Omit<Documents, "list">;

/** Writes a document whatever is there. */
export async function overwrite(documents: Pages, key: string, text: string): Promise<void> {
  for (let written = false; !written;) {
    const current = await documents.read(key);
    written = current === undefined ? await documents.create(key, text) : await documents.replace(key, current, text);
  }
}
