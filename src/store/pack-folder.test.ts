import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBytes } from "./blake3.ts";
import { encodePack, PackIndex } from "./pack.ts";
import { PackFolder } from "./pack-folder.ts";

const bytes = new TextEncoder().encode("content");
const digest = hashBytes(bytes);
const pack = encodePack([{ digest, bytes }]);

test("a pack that is put into the folder while somebody looks at it is not taken for gone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sitepod-packs-"));
  try {
    const packs = new PackFolder(folder);
    const look = packs.list();
    // The look began before: that it does not see the pack says nothing.
    packs.add("one.pack", new PackIndex(pack));
    await look;
    expect(packs.find(digest)?.pack.name).toBe("one.pack");

    await writeFile(join(folder, "one.pack"), pack);
    await packs.list();
    expect(packs.find(digest)?.pack.name).toBe("one.pack");

    await rm(join(folder, "one.pack"));
    await packs.list();
    expect(packs.find(digest)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
