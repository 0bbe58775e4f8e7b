import { expect, test } from "bun:test";
import type { Digest, Entry } from "#model";
import { createAnswers } from "./blob.ts";
import type { Pod } from "./manifest.ts";
import type { Readers } from "./readers.ts";

const MIB = 1024 * 1024;
const SIZE = 61 * 1024;
const entryOf = (number: number): Entry => ({
  path: `${number}.png`,
  digest: `${number}`.padStart(64, "0") as Digest,
  size: SIZE,
  type: "image/png",
});

test("memory is collected each time that another 16 MiB of answers have made room", async () => {
  const readers = { openBlob: async () => new Blob([new Uint8Array(SIZE)]) };
  let collections = 0;
  const answers = createAnswers({
    readers: readers as unknown as Readers,
    ready: { forget() {} },
    nowMs: () => 0,
    maxHotBytes: 4 * MIB,
    isHttpsOnly: false,
    collect: () => void collections++,
  });
  const visit = (number: number) =>
    answers.prepare({ id: "1" } as Pod, { listed: true, modified: undefined }, 200, entryOf(number));
  // Each takes 64 KiB with what is around it: 16 a MiB.
  let visited = 0;
  const visitUntil = async (mib: number) => {
    while (visited < mib * 16) await visit(visited++);
  };
  await visitUntil(19);
  expect(collections).toBe(0);
  await visitUntil(21);
  expect(collections).toBe(1);
  await visitUntil(53);
  expect(collections).toBe(3);
});
