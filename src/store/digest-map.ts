import type { Digest } from "#model";
import { DigestSet } from "./digest-set.ts";

const FIRST_CAPACITY = 64;

/** A number for each of some digests, in little memory. */
export class DigestMap implements Iterable<[Digest, number]> {
  readonly digests: DigestSet;
  #numbers: Float64Array<ArrayBuffer>;

  /** Makes a map that has room for so many before it has to move. */
  constructor(capacity = FIRST_CAPACITY) {
    this.digests = new DigestSet(capacity);
    this.#numbers = new Float64Array(Math.max(capacity, 1));
  }

  get size(): number {
    return this.digests.size;
  }

  get(digest: Digest): number | undefined {
    const place = this.digests.find(digest);
    return place === undefined ? undefined : this.#numbers[place];
  }

  set(digest: Digest, number: number): this {
    const place = this.digests.add(digest);
    if (place >= this.#numbers.length) {
      const numbers = new Float64Array(this.#numbers.length * 2);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers[place] = number;
    return this;
  }

  /** In the order they were set first. */
  *[Symbol.iterator](): Generator<[Digest, number]> {
    let place = 0;
    for (const digest of this.digests) yield [digest, this.#numbers[place++]!];
  }

  /** All numbers together. */
  total(): number {
    let total = 0;
    for (let place = 0; place < this.size; place++) total += this.#numbers[place]!;
    return total;
  }
}
