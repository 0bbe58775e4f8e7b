import { expect, test } from "bun:test";
import { createSelfSigned } from "#pki";
import { endOf } from "./keep-certificates.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.UTC(2030, 0, 1);

test("a name has the certificate that ends last, its own or its parent's wildcard", async () => {
  const own = await createSelfSigned(["shop.example.com"], NOW_MS);
  const wildcard = await createSelfSigned(["example.com", "*.example.com"], NOW_MS + DAY_MS);
  const all = [own, wildcard];
  expect(endOf(all, "shop.example.com")).toBe(wildcard.notAfterMs);
  expect(endOf([own], "shop.example.com")).toBe(own.notAfterMs);
  expect(endOf(all, "example.com")).toBe(wildcard.notAfterMs);
});

test("a wildcard holds for one label alone", async () => {
  const wildcard = await createSelfSigned(["*.example.com"], NOW_MS);
  expect(endOf([wildcard], "a.b.example.com")).toBeUndefined();
  expect(endOf([wildcard], "example.com")).toBeUndefined();
  expect(endOf([], "example.com")).toBeUndefined();
});
