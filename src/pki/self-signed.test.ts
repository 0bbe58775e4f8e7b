import { expect, test } from "bun:test";
import type { Pages } from "./ports.ts";
import { createSelfSigned, ensureSelfSigned } from "./self-signed.ts";

const NOW_MS = Date.UTC(2027, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

function memory(): Pages & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    read: async (key) => texts.get(key),
    create: async (key, text) => !texts.has(key) && Boolean(texts.set(key, text)),
    replace: async (key, expected, text) => texts.get(key) === expected && Boolean(texts.set(key, text)),
    remove: async (key) => texts.delete(key),
  };
}

test("a self-signed certificate is made once, and kept", async () => {
  const documents = memory();
  const first = await ensureSelfSigned(documents, ["a.test"], NOW_MS, createSelfSigned);
  expect(first.names).toEqual(["a.test"]);
  const refuse = () => Promise.reject(new Error("It is there already"));
  const again = await ensureSelfSigned(documents, ["a.test"], NOW_MS + DAY_MS, refuse);
  expect(again.fingerprint).toBe(first.fingerprint);
});

test("another takes its place for other names, before it ends, and where it is damaged", async () => {
  const documents = memory();
  const seen = new Set<string>();
  const ensure = async (name: string, nowMs: number) =>
    seen.add((await ensureSelfSigned(documents, [name], nowMs, createSelfSigned)).fingerprint);
  await ensure("a.test", NOW_MS);
  await ensure("b.test", NOW_MS);
  await ensure("b.test", NOW_MS + 4 * 365 * DAY_MS);
  documents.texts.set("certs/self-signed.json", "half a certif");
  await ensure("b.test", NOW_MS + 4 * 365 * DAY_MS);
  expect(seen.size).toBe(4);
});

test("one that cannot be stored serves all the same", async () => {
  const full = { ...memory(), create: () => Promise.reject(new Error("no space left")) };
  expect((await ensureSelfSigned(full, ["a.test"], NOW_MS, createSelfSigned)).names).toEqual(["a.test"]);
});
