import { expect, test } from "bun:test";
import { listRecords } from "./dns-records.ts";

const listed = (hostname: string, addresses: readonly string[] = ["192.0.2.1", "2001:db8::1"]) =>
  listRecords({ hostname, token: "t", siteName: "shop.sites.test", addresses }).map(
    ({ type, name, value }) => `${type} ${name} ${value}`,
  );

test.each([
  [
    "example.com",
    ["TXT _sitepod.example.com sitepod-verify=t", "A example.com 192.0.2.1", "AAAA example.com 2001:db8::1"],
  ],
  ["a.b.example.com", ["TXT _sitepod.a.b.example.com sitepod-verify=t", "CNAME a.b.example.com shop.sites.test"]],
  ["*.example.com", ["TXT _sitepod.example.com sitepod-verify=t", "CNAME *.example.com shop.sites.test"]],
])("%s has", (hostname, records) => {
  expect(listed(hostname)).toEqual(records);
});

test("a name of three labels may be a subdomain or the top of a zone, and both ways are told", () => {
  const types = listRecords({ hostname: "example.co.uk", token: "t", siteName: "s", addresses: ["192.0.2.1"] });
  expect(types.map(({ type, purpose }) => [type, purpose])).toEqual([
    ["TXT", "proves that it is yours"],
    ["CNAME", "leads here, for a subdomain"],
    ["A", "leads here, for the top of a zone"],
  ]);
});

test("unknown addresses are left out", () => {
  expect(listed("example.com", [])).toEqual(["TXT _sitepod.example.com sitepod-verify=t"]);
});
