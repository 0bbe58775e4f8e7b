import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDiskStore } from "#store";
import { describeFsck } from "./fsck-conformance.ts";

describeFsck("a store on disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sitepod-fsck-"));
  return {
    store: await openDiskStore(folder),
    async damage(key, change) {
      const path = join(folder, key);
      const changed = change(await readFile(path));
      await (changed ? writeFile(path, changed) : rm(path));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});
