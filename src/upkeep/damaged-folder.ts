import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDiskStore } from "#store";
import type { DamagedStore } from "./fsck-conformance.ts";

/** Opens a store in a folder of its own, for tests that damage what lies there. */
export async function damagedFolder(): Promise<DamagedStore> {
  const folder = await mkdtemp(join(tmpdir(), "sitepod-upkeep-"));
  return {
    store: await openDiskStore(folder),
    async damage(key, change) {
      const path = join(folder, key);
      const changed = change(await readFile(path));
      await (changed ? writeFile(path, changed) : rm(path));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
