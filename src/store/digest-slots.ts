import { DIGEST_BYTES } from "#model";

/** A digest is as many 32-bit words. */
export const DIGEST_WORDS = DIGEST_BYTES / 4;
const FIRST_SLOTS = 128;

/**
 * Who sends digests chooses them, before their contents are verified: without a secret they could choose such as all fall
 * into one place, and every look would be at all of them. Odd, so that nothing of a word is lost.
 */
const SECRET = crypto.getRandomValues(new Uint32Array(DIGEST_WORDS)).map((word) => word | 1);

/** Where digests lie that are numbered from 0. */
export interface DigestPlaces {
  /** The words in which the digest of a number is, */
  words(number: number): Uint32Array;
  /** and the first of them. */
  at(number: number): number;
}

/** Finds the number of a digest: a hash table with open addressing, of 8 to 16 bytes a digest. */
export class DigestSlots {
  readonly #places: DigestPlaces;
  /** A digest's number and 1, or 0. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  constructor(places: DigestPlaces) {
    this.#places = places;
  }

  /** The number of the digest whose words begin at `at`, or undefined where it was not added. */
  find(words: Uint32Array, at: number): number | undefined {
    const number = this.#slots[this.#slotOf(words, at)]!;
    return number === 0 ? undefined : number - 1;
  }

  /** Adds a number whose digest is in its place. Returns the number that was there with the same digest until now. */
  add(number: number): number | undefined {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(this.#places.words(number), this.#places.at(number));
    const before = this.#slots[slot]!;
    this.#slots[slot] = number + 1;
    if (before !== 0) return before - 1;
    this.#size++;
    return undefined;
  }

  /** The slot of a digest, or the empty one where it would be. */
  #slotOf(words: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(words, at) & mask;
    for (let number; (number = this.#slots[slot]!) !== 0; slot = (slot + 1) & mask) {
      if (isSame(words, at, this.#places.words(number - 1), this.#places.at(number - 1))) break;
    }
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    for (const number of before) {
      if (number === 0) continue;
      this.#slots[this.#slotOf(this.#places.words(number - 1), this.#places.at(number - 1))] = number;
    }
  }
}

function hash(words: Uint32Array, at: number): number {
  let sum = 0;
  for (let word = 0; word < DIGEST_WORDS; word++) {
    sum = (Math.imul(sum, 31) + Math.imul(words[at + word]! ^ (sum >>> 15), SECRET[word]!)) | 0;
  }
  return (sum ^ (sum >>> 16)) >>> 0;
}

function isSame(words: Uint32Array, at: number, others: Uint32Array, otherAt: number): boolean {
  for (let word = 0; word < DIGEST_WORDS; word++) if (words[at + word] !== others[otherAt + word]) return false;
  return true;
}
