import { describe, expect, test } from "bun:test";
import { decideDns, DNS_OPTIONS } from "./dns-options.ts";

type Told = Partial<Record<keyof typeof DNS_OPTIONS, string>>;

function decide(told: Told) {
  const faults: string[] = [];
  const fallbacks: Told = { rfc2136KeyAlgorithm: DNS_OPTIONS.rfc2136KeyAlgorithm.fallback };
  return { access: decideDns((name) => told[name] ?? fallbacks[name], faults), faults };
}

const RFC2136: Told = {
  dnsProvider: "rfc2136",
  rfc2136Server: "ns1.example.com",
  rfc2136KeyName: "sitepod",
  rfc2136KeySecret: "c2VjcmV0",
};

test("DNS is written by the one that is chosen, and by nothing without a choice", () => {
  expect(decide({}).access).toBeUndefined();
  expect(decide({ dnsHook: "/hook" }).access).toEqual({ kind: "hook", path: "/hook" });
  expect(decide({ dnsProvider: "cloudflare", cloudflareToken: "t" }).access).toEqual({
    kind: "cloudflare",
    token: "t",
  });
  expect(decide({ dnsProvider: "route53" }).access).toEqual({ kind: "route53", keys: undefined });
  expect(decide({ dnsProvider: "route53", route53KeyId: "id", route53Secret: "s" }).access).toEqual({
    kind: "route53",
    keys: { id: "id", secret: "s" },
  });
  expect(decide(RFC2136).access).toEqual({
    kind: "rfc2136",
    host: "ns1.example.com",
    port: 53,
    key: { name: "sitepod", algorithm: "hmac-sha256", secret: "c2VjcmV0" },
  });
});

test.each<[string, string, number]>([
  ["192.0.2.1", "192.0.2.1", 53],
  ["ns1.example.com:5353", "ns1.example.com", 5353],
  ["2001:db8::1", "2001:db8::1", 53],
  ["[2001:db8::1]:5353", "2001:db8::1", 5353],
])("the name server %p is %p at port %p", (rfc2136Server, host, port) => {
  expect(decide({ ...RFC2136, rfc2136Server }).access).toMatchObject({ host, port });
});

describe("a fault that is told of", () => {
  test.each<[string, Told]>([
    ["Choose one of --dns-provider and --dns-hook", { ...RFC2136, dnsHook: "/hook" }],
    ["must be cloudflare, route53 or rfc2136", { dnsProvider: "gandi" }],
    ["needs SITEPOD_CLOUDFLARE_API_TOKEN", { dnsProvider: "cloudflare" }],
    ["or neither", { dnsProvider: "route53", route53KeyId: "id" }],
    ["needs SITEPOD_RFC2136_SERVER", { dnsProvider: "rfc2136" }],
    ["must be one of hmac-sha256, hmac-sha512", { ...RFC2136, rfc2136KeyAlgorithm: "hmac-md5" }],
    ["must be a name or an address", { ...RFC2136, rfc2136Server: "ns1:x" }],
    ["must be a name or an address", { ...RFC2136, rfc2136Server: "ns1:70000" }],
    ["must be in base64", { ...RFC2136, rfc2136KeySecret: "not base64!" }],
  ])("%s", (sentence, told) => {
    const { faults } = decide(told);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(sentence);
    expect(faults[0]).not.toContain("not base64!");
  });
});
