import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseHost } from "./hosts.ts";
import { parentOfWildcard, parseCustomDomain } from "./custom-domain.ts";

test.each([
  ["example.com", "example.com"],
  ["WWW.Example.COM.", "www.example.com"],
  ["a.b.c.example.co.uk", "a.b.c.example.co.uk"],
  ["*.example.com", "*.example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["*.Bücher.example", "*.xn--bcher-kva.example"],
  ["evilsitepod.dev", "evilsitepod.dev"],
  ["sitepod.dev.example.com", "sitepod.dev.example.com"],
])("%s is %s", (text, hostname) => {
  expect(parseCustomDomain(text, "sitepod.dev")).toEqual({ ok: true, value: hostname });
});

test.each([
  "",
  ".",
  "com",
  "*.com",
  "*",
  "*.",
  "*example.com",
  "a.*.example.com",
  "*.*.example.com",
  "example.com:8080",
  "https://example.com",
  "example.com/blog",
  "user@example.com",
  "ex ample.com",
  "example..com",
  ".example.com",
  "-a.example.com",
  "a-.example.com",
  "_sitepod.example.com",
  "192.168.0.1",
  "0x7f.1",
  "127.1",
  "[::1]",
  "localhost",
  "a%2eb.com",
  "a,b.com",
  "dev",
  "sitepod.dev",
  "docs.sitepod.dev",
  "*.sitepod.dev",
  "*.docs.sitepod.dev",
  `${"a".repeat(64)}.com`,
  `${"a.".repeat(126)}example.com`,
])("%p is refused", (text) => {
  expect(parseCustomDomain(text, "sitepod.dev").ok).toBe(false);
});

test("a name over the server's own is one like any other", () => {
  expect(parseCustomDomain("example.com", "pods.example.com").ok).toBe(true);
});

test("a wildcard is proved at the name over it", () => {
  expect(parentOfWildcard("*.example.com")).toBe("example.com");
  expect(parentOfWildcard("example.com")).toBe("example.com");
});

test("whatever is accepted is a host that requests can name, written as they are read", () => {
  const text = fc.oneof(fc.domain(), fc.string(), fc.stringMatching(/^(\*\.)?[a-zA-Zä_.-]{1,20}\.?$/));
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseCustomDomain(given, "sitepod.dev");
      if (!parsed.ok) return;
      expect(parseCustomDomain(parsed.value, "sitepod.dev")).toEqual(parsed);
      const hostname = parsed.value.replace(/^\*/, "any");
      expect(parseHost(hostname, "sitepod.dev")).toEqual({ kind: "custom", hostname });
    }),
    { numRuns: 1000 },
  );
});
