import { SitepodError } from "#model";
import { Changes } from "./changes.ts";
import { checkDocumentKey, checkPrefix } from "./keys.ts";
import type { Documents } from "./ports.ts";
import type { Bucket } from "./s3-bucket.ts";

const MAX_ATTEMPTS = 10;

/** Documents as objects, changed by conditional puts: any number of processes may write them. */
export class S3Documents implements Documents {
  readonly #bucket: Bucket;
  readonly #changes = new Changes();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async read(key: string): Promise<string | undefined> {
    return (await this.#find(key))?.text;
  }

  create(key: string, text: string): Promise<boolean> {
    return this.#settle(key, async () => {
      if (await this.#bucket.putIf(checkDocumentKey(key), text, { absent: true })) return true;
      return (await this.#bucket.has(key)) ? false : undefined;
    });
  }

  replace(key: string, expected: string, text: string): Promise<boolean> {
    return this.#settle(key, async () => {
      const found = await this.#find(key);
      if (found?.text !== expected) return false;
      return (await this.#bucket.putIf(key, text, { etag: found.etag })) || undefined;
    });
  }

  async remove(key: string): Promise<boolean> {
    return this.#changed(key, await this.#bucket.remove(checkDocumentKey(key)));
  }

  async *list(prefix: string): AsyncIterable<string> {
    for await (const { key } of this.#bucket.list(checkPrefix(prefix))) yield key;
  }

  subscribe(listener: (key: string) => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async #find(key: string): Promise<{ text: string; etag: string } | undefined> {
    const found = await this.#bucket.find(checkDocumentKey(key));
    return found && { text: await new Response(found.body).text(), etag: found.etag };
  }

  /**
   * Tries until the answer is known. A put may be refused only because another was under way, which may have failed:
   * then nothing has changed, and neither has won.
   */
  async #settle(key: string, attempt: () => Promise<boolean | undefined>): Promise<boolean> {
    for (let i = 0; i < MAX_ATTEMPTS; i++) {
      const done = await attempt();
      if (done !== undefined) return this.#changed(key, done);
    }
    throw new SitepodError("unavailable", `The object store keeps refusing to write ${key}. Try again in a moment.`);
  }

  #changed(key: string, changed: boolean): boolean {
    if (changed) this.#changes.notify(key);
    return changed;
  }
}
