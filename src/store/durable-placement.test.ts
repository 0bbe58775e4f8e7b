import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurablePlacement } from "./durable-placement.ts";

test("files that come at once all get their names, and one that cannot fails for itself and those beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sitepod-placement-"));
  const placement = new DurablePlacement();
  const place = async (name: string) => {
    const written = join(folder, `${name}.new`);
    await writeFile(written, name);
    await placement.run({ written, path: join(folder, name) });
  };
  const names = Array.from({ length: 100 }, (_, i) => `file${i}`);
  await Promise.all(names.map(place));
  expect((await readdir(folder)).toSorted()).toEqual(names.toSorted());
  expect(await readFile(join(folder, "file7"), "utf8")).toBe("file7");

  await expect(placement.run({ written: join(folder, "absent"), path: join(folder, "x") })).rejects.toThrow();
  await place("later");
  expect(await readFile(join(folder, "later"), "utf8")).toBe("later");
  await rm(folder, { recursive: true });
});
