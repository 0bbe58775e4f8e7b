import { type Digest, DIGEST_BYTES, digestFromBytes, writeDigest } from "#model";
import { DIGEST_WORDS, DigestSlots } from "./digest-slots.ts";

const FIRST_CAPACITY = 64;
/** More digests than a set has: 4 GiB of them. */
const NUMBERS = 2 ** 27;

/** The digest that is looked for, as bytes and as words of them. */
const wanted = new Uint8Array(DIGEST_BYTES);
const wantedWords = new Uint32Array(wanted.buffer);

/**
 * Digests, each once, numbered in the order they came. One takes some 45 bytes, where a Set needs more than 150: a pod has
 * hundreds of thousands.
 */
export class DigestSet implements Iterable<Digest> {
  /** Digests one after another. */
  #words: Uint32Array<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  readonly #slots = new DigestSlots({ words: () => this.#words, at: (number) => number * DIGEST_WORDS });
  #size = 0;

  /** Makes a set that has room for so many before it has to move. */
  constructor(capacity = FIRST_CAPACITY) {
    this.#words = new Uint32Array(Math.max(capacity, 1) * DIGEST_WORDS);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  /** A set of these digests: the very set where they are one. */
  static of(digests: Iterable<Digest>): DigestSet {
    if (digests instanceof DigestSet) return digests;
    const set = new DigestSet();
    for (const digest of digests) set.add(digest);
    return set;
  }

  get size(): number {
    return this.#size;
  }

  has(digest: Digest): boolean {
    return this.find(digest) !== undefined;
  }

  /** The number of a digest, or undefined where it is none of them. */
  find(digest: Digest): number | undefined {
    writeDigest(digest, wanted, 0);
    return this.#slots.find(wantedWords, 0);
  }

  /** The same for a digest whose words begin at `at`. */
  findWords(words: Uint32Array, at: number): number | undefined {
    return this.#slots.find(words, at);
  }

  /** Adds a digest where it is none of them. Returns its number. */
  add(digest: Digest): number {
    const known = this.find(digest);
    if (known !== undefined) return known;
    if ((this.#size + 1) * DIGEST_WORDS > this.#words.length) this.#move();
    this.#words.set(wantedWords, this.#size * DIGEST_WORDS);
    this.#slots.add(this.#size);
    return this.#size++;
  }

  /** In the order of their numbers. */
  *[Symbol.iterator](): Generator<Digest> {
    for (let number = 0; number < this.#size; number++) yield digestFromBytes(this.#bytes, number * DIGEST_BYTES);
  }

  /** In the order of their first 26 bits, which is nearly that of all: a database finds the place of each near the last. */
  *sorted(): Generator<Digest> {
    // As one number each, of 53 bits: those, then where the digest is. So they sort as numbers, and need no objects.
    const order = new Float64Array(this.#size);
    const view = new DataView(this.#bytes.buffer);
    for (let number = 0; number < this.#size; number++) {
      order[number] = (view.getUint32(number * DIGEST_BYTES) >>> 6) * NUMBERS + number;
    }
    for (const key of order.sort()) yield digestFromBytes(this.#bytes, (key % NUMBERS) * DIGEST_BYTES);
  }

  #move(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
  }
}
