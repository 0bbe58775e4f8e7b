import { expect, test } from "bun:test";
import { listControlNames, listWanted } from "./wanted.ts";

const routed = {
  domain: "example.com",
  controlNames: ["app.example.com"],
  sites: [
    { label: "shop", environment: "prod" },
    { label: "shop", environment: "beta" },
  ],
  hostnames: ["shop.test", "*.shop.test"],
} as const;

test("where DNS can be written, one wildcard covers every name under the base domain", () => {
  expect(listWanted(routed, true)).toEqual([
    { names: ["example.com", "*.example.com"], challenge: "dns-01" },
    { names: ["shop.test"], challenge: "http-01" },
    { names: ["*.shop.test"], challenge: "dns-01" },
  ]);
});

test("where it cannot, each site has a certificate of its own, and no wildcard is asked for", () => {
  expect(listWanted(routed, false).map(({ names, challenge }) => `${names} ${challenge}`)).toEqual([
    "example.com http-01",
    "app.example.com http-01",
    "shop.example.com http-01",
    "shop-beta.example.com http-01",
    "shop.test http-01",
  ]);
});

test("the API and the console have names of their own, unless a wildcard covers them or nobody certifies them", () => {
  expect(listControlNames("example.com", false)).toEqual(["app.example.com", "console.example.com", "api.example.com"]);
  expect([listControlNames("example.com", true), listControlNames("localhost", false)]).toEqual([[], []]);
});

test.each(["localhost", "dev.localhost", "192.0.2.1", "::1"])(
  "nothing is asked for %s, which nobody certifies",
  (domain) => {
    expect(listWanted({ ...routed, domain, hostnames: [] }, false)).toEqual([]);
    expect(listWanted({ ...routed, domain, hostnames: ["shop.test"] }, false)).toHaveLength(1);
  },
);
