import { SitepodError } from "#model";
import { Changes } from "./changes.ts";
import { checkDocumentKey, checkPrefix } from "./keys.ts";
import type { Documents } from "./ports.ts";
import type { Bucket, EtagForm, FoundText } from "./s3-bucket.ts";

const MAX_ATTEMPTS = 10;

/**
 * Documents as objects, changed by conditional puts: any number of processes may write them. The first change waits until
 * `probe` has found that the bucket knows such puts.
 */
export class S3Documents implements Documents {
  readonly #bucket: Bucket;
  readonly #probe: () => Promise<EtagForm>;
  readonly #changes = new Changes();

  constructor(bucket: Bucket, probe: () => Promise<EtagForm>) {
    this.#bucket = bucket;
    this.#probe = probe;
  }

  async read(key: string): Promise<string | undefined> {
    return (await this.#find(key))?.text;
  }

  create(key: string, text: string): Promise<boolean> {
    return this.#settle(checkDocumentKey(key), async (form) => {
      if (await this.#bucket.putIf(key, text, { absent: true }, form)) return true;
      return (await this.#bucket.has(key)) ? false : undefined;
    });
  }

  replace(key: string, expected: string, text: string): Promise<boolean> {
    return this.#settle(checkDocumentKey(key), async (form) => {
      const found = await this.#find(key);
      if (found?.text !== expected) return false;
      return (await this.#bucket.putIf(key, text, found, form)) || undefined;
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

  async #find(key: string): Promise<FoundText | undefined> {
    return this.#bucket.findText(checkDocumentKey(key));
  }

  /**
   * Tries until the answer is known. A put may be refused only because another was under way, which may have failed:
   * then nothing has changed, and neither has won.
   */
  async #settle(key: string, attempt: (form: EtagForm) => Promise<boolean | undefined>): Promise<boolean> {
    const form = await this.#probe();
    for (let i = 0; i < MAX_ATTEMPTS; i++) {
      const done = await attempt(form);
      if (done !== undefined) return this.#changed(key, done);
    }
    throw new SitepodError("unavailable", `The object store keeps refusing to write ${key}. Try again in a moment.`);
  }

  #changed(key: string, changed: boolean): boolean {
    if (changed) this.#changes.notify(key);
    return changed;
  }
}
