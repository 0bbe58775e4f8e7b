import { expect, test } from "bun:test";
import { startDns } from "../../test/harness/dns-server.ts";
import { createDns } from "./dns.ts";

test("a name that is not there has no records, and a new one is seen at once", async () => {
  await using server = await startDns();
  const dns = createDns(server.address);
  expect(await dns.findTexts("a.example.com")).toEqual([]);
  server.texts.set("a.example.com", ["one", "x".repeat(200)]);
  server.addresses.set("a.example.com", ["192.0.2.1"]);
  expect(await dns.findTexts("A.example.com")).toEqual(["one", "x".repeat(200)]);
  expect(await dns.findAddresses("a.example.com")).toEqual(["192.0.2.1"]);
  expect(await dns.findAddresses("b.example.com")).toEqual([]);
});

test("a server that fails is an error, not an absent record", async () => {
  await using server = await startDns();
  server.texts.set("a.example.com", ["one"]);
  server.isBroken = true;
  await expect(createDns(server.address).findTexts("a.example.com")).rejects.toThrow("ESERVFAIL");
});

test.each(["dns.example.com", "192.0.2.1:x", "", "1.2.3"])("%p is no server", (server) => {
  expect(() => createDns(server)).toThrow("must be an IP address");
});

test.each(["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:53"])("%p is a server", (server) => {
  createDns(server);
});
