import { expect, test } from "bun:test";
import { refKey, SitepodError } from "#model";
import { openMemoryStore, Records } from "#store";
import type { Encoder } from "./encoder.ts";
import { resumeEncoding } from "./resume-encoding.ts";

const DIGESTS = ["a", "b", "c"].map((digit) => digit.repeat(64));

async function resumed(damage: (store: ReturnType<typeof openMemoryStore>) => unknown) {
  const store = openMemoryStore();
  const labels = ["docs", "blog", "shop"];
  for (const [i, label] of labels.entries()) {
    const ref = { version: 1, site: label, environment: "prod", release: 1, image: "img_1", manifest: DIGESTS[i] };
    const text = JSON.stringify({ ...ref, kind: "static", survivors: [], updated_at: "2026-01-02T03:04:05.000Z" });
    await store.documents.create(refKey(label, "prod"), text);
  }
  await damage(store);
  const [taken, logged] = [[] as string[], [] as string[]];
  const encoder = {
    resume: async (manifests) => void taken.push(...(await Array.fromAsync(manifests))),
  } as Partial<Encoder> as Encoder;
  await resumeEncoding(encoder, new Records(store), (message, cause) =>
    logged.push(`${message}: ${(cause as Error).message}`),
  );
  return { taken, logged };
}

test("damaged documents are skipped, and told once", async () => {
  const { taken, logged } = await resumed(async ({ documents }) => {
    for (const label of ["docs", "shop"]) {
      const key = refKey(label, "prod");
      await documents.replace(key, (await documents.read(key))!, "{");
    }
  });
  expect(taken).toEqual([DIGESTS[1]!]);
  expect(logged).toEqual([expect.stringMatching(/^2 documents could not be read: .*refs\/docs\/prod\.json/)]);
});

test("a store that does not answer is told as that", async () => {
  const { taken, logged } = await resumed((store) => {
    store.documents.read = async () => {
      throw new SitepodError("unavailable", "The object store does not answer.");
    };
  });
  expect(taken).toEqual([]);
  expect(logged).toEqual([expect.stringMatching(/could not be listed: .*does not answer/)]);
});
