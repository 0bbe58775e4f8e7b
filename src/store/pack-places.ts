import { type Digest, DIGEST_BYTES, writeDigest } from "#model";
import { DigestSlots } from "./digest-slots.ts";
import type { PackedContent, PackIndex } from "./pack.ts";

/** A file with many contents, and what is in it. */
export interface Pack {
  readonly name: string;
  readonly path: string;
  readonly index: PackIndex;
}

export interface PackPlace {
  readonly pack: Pack;
  readonly content: PackedContent;
}

/** The digest that is looked for, as bytes and as words of them. */
const wanted = new Uint8Array(DIGEST_BYTES);
const wantedWords = new Uint32Array(wanted.buffer);

/**
 * Which pack has a content. The digests stay in the packs' indexes; all rows are numbered, one pack's after another's. Packs
 * go one by one when they are settled: they are only marked, until most are gone.
 */
export class PackPlaces {
  #packs: Pack[] = [];
  /** The number of each pack's first row. */
  #firstRows: number[] = [];
  #rows = 0;
  #slots = this.#makeSlots();
  readonly #gone = new Set<Pack>();
  #goneRows = 0;
  /** Whether something is in two packs: it is found in the one that came later. */
  #isAnyTwice = false;

  add(pack: Pack): void {
    this.#packs.push(pack);
    this.#firstRows.push(this.#rows);
    const first = this.#rows;
    this.#rows += pack.index.size;
    for (let number = first; number < this.#rows; number++) {
      const other = this.#slots.add(number);
      if (other !== undefined && !this.#gone.has(this.#packs[this.#packOf(other)]!)) this.#isAnyTwice = true;
    }
  }

  remove(packs: readonly Pack[]): void {
    if (packs.length === 0) return;
    for (const pack of packs) {
      this.#gone.add(pack);
      this.#goneRows += pack.index.size;
    }
    if (!this.#isAnyTwice && this.#goneRows * 2 < this.#rows) return;
    const rest = this.#packs.filter((each) => !this.#gone.has(each));
    [this.#packs, this.#firstRows, this.#rows, this.#slots] = [[], [], 0, this.#makeSlots()];
    this.#gone.clear();
    this.#goneRows = 0;
    this.#isAnyTwice = false;
    for (const each of rest) this.add(each);
  }

  find(digest: Digest): PackPlace | undefined {
    writeDigest(digest, wanted, 0);
    const number = this.#slots.find(wantedWords, 0);
    if (number === undefined) return undefined;
    const place = this.#packOf(number);
    const pack = this.#packs[place]!;
    if (this.#gone.has(pack)) return undefined;
    return { pack, content: pack.index.content(number - this.#firstRows[place]!) };
  }

  #makeSlots(): DigestSlots {
    return new DigestSlots({
      words: (number) => this.#packs[this.#packOf(number)]!.index.words,
      at: (number) => {
        const place = this.#packOf(number);
        return this.#packs[place]!.index.wordAt(number - this.#firstRows[place]!);
      },
    });
  }

  /** The place of the pack that has a row: the last one that does not begin after it. */
  #packOf(number: number): number {
    let [low, high] = [0, this.#packs.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#firstRows[middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
