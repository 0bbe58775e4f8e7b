import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashBytes } from "./blake3.ts";
import { encodePack, PackIndex } from "./pack.ts";
import { type Pack, PackPlaces } from "./pack-places.ts";

const contents = Array.from({ length: 12 }, (_, i) => {
  const bytes = new TextEncoder().encode("x".repeat(i));
  return { digest: hashBytes(bytes), bytes };
});

function packOf(name: string, numbers: readonly number[]): Pack {
  return { name, path: `/packs/${name}`, index: new PackIndex(encodePack(numbers.map((number) => contents[number]!))) };
}

test("what is in a pack that is there is found in it, whatever comes and goes", () => {
  const some = fc.array(fc.nat({ max: contents.length - 1 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.record({ numbers: some, removed: fc.array(fc.nat()) })), (steps) => {
      const places = new PackPlaces();
      let there: { pack: Pack; numbers: readonly number[] }[] = [];
      for (const [i, { numbers, removed }] of steps.entries()) {
        const pack = packOf(`${i}`, numbers);
        places.add(pack);
        there.push({ pack, numbers });
        const gone = new Set(removed.map((at) => there[at % there.length]!.pack));
        places.remove([...gone]);
        there = there.filter((each) => !gone.has(each.pack));
        for (const [number, { digest, bytes }] of contents.entries()) {
          const found = places.find(digest);
          const having = there.filter((each) => each.numbers.includes(number)).map((each) => each.pack);
          if (having.length === 0) expect(found).toBeUndefined();
          else expect(having).toContain(found!.pack);
          if (found) expect(found.content.size).toBe(bytes.length);
        }
      }
    }),
  );
});
