import { afterEach, beforeEach, expect, test } from "bun:test";
import { type DnsServer, startDns } from "../../test/harness/dns-server.ts";
import { waitUntil } from "../../test/harness/wait-until.ts";
import { type ControlNames, createControlNames } from "./control-names.ts";
import { createDns } from "./dns.ts";

const NAMES = ["app.example.com", "api.example.com"];
const MINUTE_MS = 60_000;

let dns: DnsServer;
let nowMs: number;
let changes: number;
beforeEach(async () => {
  dns = await startDns();
  dns.addresses.set("example.com", ["192.0.2.1", "192.0.2.2"]);
  [nowMs, changes] = [0, 0];
});
afterEach(() => dns[Symbol.asyncDispose]());

function open({ certified = [] as string[], publicAddresses = [] as string[] } = {}): ControlNames {
  return createControlNames({
    names: NAMES,
    domain: "example.com",
    publicAddresses,
    dns: createDns(dns.address),
    isCertified: (name) => certified.includes(name),
    onChange: () => void changes++,
    nowMs: () => nowMs,
  });
}
/** Each name is asked for by IPv4 and by IPv6. */
const questionsOfALook = 2 * (NAMES.length + 1);

test("a name leads here where it shares an address with the base domain, or has one that the operator names", async () => {
  dns.addresses.set("app.example.com", ["192.0.2.2"]);
  dns.addresses.set("api.example.com", ["198.51.100.7"]);
  const names = open();
  expect(names.leading()).toEqual([]);
  names.look();
  await waitUntil("it has heard", () => changes === 1);
  expect(names.leading()).toEqual(["app.example.com"]);
  const told = open({ publicAddresses: ["198.51.100.7"] });
  told.look();
  await waitUntil("it has heard", () => changes === 2);
  expect(told.leading()).toEqual(NAMES);
});

test("a name that comes to lead here is found within a minute, and DNS is asked no more often", async () => {
  const names = open();
  names.look();
  await waitUntil("DNS was asked", () => dns.questions === questionsOfALook);
  dns.addresses.set("app.example.com", ["192.0.2.1"]);
  nowMs = MINUTE_MS - 1;
  names.look();
  expect(dns.questions).toBe(questionsOfALook);
  nowMs = MINUTE_MS;
  names.look();
  await waitUntil("it has heard", () => changes === 1);
  expect(names.leading()).toEqual(["app.example.com"]);
});

test("while DNS cannot tell, a name that has a certificate keeps it", async () => {
  dns.isBroken = true;
  const names = open({ certified: ["app.example.com"] });
  names.look();
  await waitUntil("DNS was asked", () => dns.questions >= 2);
  expect(names.leading()).toEqual(["app.example.com"]);
  dns.isBroken = false;
  nowMs = MINUTE_MS;
  names.look();
  await waitUntil("it has heard that none leads here", () => changes === 1);
  expect(names.leading()).toEqual([]);
});
