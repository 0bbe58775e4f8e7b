import { expect, test } from "bun:test";
import { renewalMs } from "./renewal.ts";
import { Secret } from "./secret.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NINETY_DAYS = { names: ["a.test"], chain: "", key: new Secret(""), notBeforeMs: 0, notAfterMs: 90 * DAY_MS };

test("a certificate of ninety days is renewed on its sixtieth day at the latest", () => {
  expect(renewalMs({ ...NINETY_DAYS, fingerprint: "00000000ff" }) / DAY_MS).toBeCloseTo(60);
});

test("certificates that were issued together are renewed over a twentieth of their life", () => {
  expect(renewalMs({ ...NINETY_DAYS, fingerprint: "ffffffff00" }) / DAY_MS).toBeCloseTo(55.5);
  expect(renewalMs({ ...NINETY_DAYS, fingerprint: "80000000aa" }) / DAY_MS).toBeCloseTo(57.75);
});

test("one of six days is renewed in its fourth", () => {
  const { chain, key, names } = NINETY_DAYS;
  const short = { chain, key, names, notBeforeMs: 0, notAfterMs: 6 * DAY_MS, fingerprint: "40000000" };
  expect(renewalMs(short) / DAY_MS).toBeCloseTo(3.925);
});
