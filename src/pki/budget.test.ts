import { expect, test } from "bun:test";
import { EMPTY_LEDGER, type Ledger, nextOrderMs, noteIssued, noteOrder, registeredDomain } from "./budget.ts";

const HOUR_MS = 60 * 60 * 1000;
const START_MS = 1_800_000_000_000;

function afterOrders(count: number): Ledger {
  let ledger = EMPTY_LEDGER;
  for (let i = 0; i < count; i++) ledger = noteOrder(ledger, START_MS + i);
  return ledger;
}

test("orders stay under 300 in three hours, whatever they are for", () => {
  expect(nextOrderMs(afterOrders(269), "a.example.com", false, START_MS + 1000)).toBe(START_MS + 1000);
  expect(nextOrderMs(afterOrders(270), "a.example.com", true, START_MS + 1000)).toBe(START_MS + 3 * HOUR_MS);
});

test("new certificates stay under 50 a week for each registered domain; renewals do not count", () => {
  let ledger = EMPTY_LEDGER;
  for (let i = 0; i < 45; i++) ledger = noteIssued(ledger, `site-${i}.example.com`, START_MS + i);
  const nowMs = START_MS + HOUR_MS;
  expect(nextOrderMs(ledger, "more.example.com", false, nowMs)).toBe(START_MS + 7 * 24 * HOUR_MS);
  expect(nextOrderMs(ledger, "site-1.example.com", true, nowMs)).toBe(nowMs);
  expect(nextOrderMs(ledger, "example.org", false, nowMs)).toBe(nowMs);
});

test("what no limit counts any more is forgotten", () => {
  const old = noteIssued(afterOrders(5), "example.com", START_MS);
  expect(noteOrder(old, START_MS + 8 * 24 * HOUR_MS)).toEqual({ orders: [START_MS + 8 * 24 * HOUR_MS], issued: [] });
});

test.each([
  ["example.com", "example.com"],
  ["a.b.example.com", "example.com"],
  ["*.example.com", "example.com"],
  ["shop.example.co.uk", "example.co.uk"],
  ["shop.example.de", "example.de"],
  ["www.ab.cd", "www.ab.cd"],
])("the registered domain of %s is taken to be %s", (name, domain) => {
  expect(registeredDomain(name)).toBe(domain);
});
