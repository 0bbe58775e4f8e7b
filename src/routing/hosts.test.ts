import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parsePreviewSlug, parseSiteName } from "#model";
import { formatHost, parseHost, portOf, type SiteHost } from "./hosts.ts";

const prod = { kind: "environment", label: "docs", environment: "prod" } as const;
const control = { kind: "control" } as const;
const unknown = { kind: "unknown" } as const;

test.each([
  ["docs.sitepod.dev", prod],
  ["DOCS.SitePod.dev", prod],
  ["docs.sitepod.dev:8080", prod],
  ["docs.sitepod.dev:", prod],
  ["docs.sitepod.dev.", prod],
  ["docs.sitepod.dev.:443", prod],
  ["docs-beta.sitepod.dev", { kind: "environment", label: "docs", environment: "beta" }],
  ["docs--v3.sitepod.dev", { kind: "release", label: "docs", version: 3 }],
  ["docs--fix-menu.sitepod.dev", { kind: "preview", label: "docs", slug: "fix-menu" }],
  ["docs--v3a.sitepod.dev", { kind: "preview", label: "docs", slug: "v3a" }],
  ["sitepod.dev", control],
  ["api.sitepod.dev", control],
  ["app.sitepod.dev", control],
  ["console.sitepod.dev:443", control],
  ["localhost:8080", control],
  ["127.0.0.1", control],
  ["[::1]:8080", control],
  ["www.sitepod.dev", unknown],
  ["admin.sitepod.dev", unknown],
  ["a.docs.sitepod.dev", unknown],
  ["-beta.sitepod.dev", { kind: "invalid" }],
  ["docs--.sitepod.dev", { kind: "invalid" }],
  ["docs--a--b.sitepod.dev", unknown],
  ["docs-beta--x.sitepod.dev", unknown],
  ["api-beta.sitepod.dev", unknown],
  ["3docs.sitepod.dev", unknown],
  ["evilsitepod.dev", { kind: "custom", hostname: "evilsitepod.dev" }],
  ["sitepod.dev.evil.com", { kind: "custom", hostname: "sitepod.dev.evil.com" }],
  ["Example.COM.", { kind: "custom", hostname: "example.com" }],
  ["_dmarc.example.com", { kind: "custom", hostname: "_dmarc.example.com" }],
] as const)("%s", (header, expected) => {
  expect(parseHost(header, "sitepod.dev")).toMatchObject(expected);
});

test.each([
  null,
  "",
  ".",
  ":80",
  "docs.sitepod.dev, docs.sitepod.dev",
  "docs.sitepod.dev docs",
  "docs.sitepod.dev/x",
  "user@docs.sitepod.dev",
  "docs.sitepod.dev?x",
  "docs.sitepod.dev#x",
  "docs.sitepod.dev\\x",
  "docs.sitepod.dev\u0000",
  "docs.sitepod.dev\n",
  "docs..sitepod.dev",
  ".docs.sitepod.dev",
  "docs.sitepod.dev..",
  "docs.sitepod.dev:80:80",
  "docs.sitepod.dev:http",
  "docs.sitepod.dev:123456",
  "d%6fcs.sitepod.dev",
  "döcs.sitepod.dev",
  "[::1",
  `${"a".repeat(64)}.sitepod.dev`,
  `${"a.".repeat(127)}dev`,
])("%p is refused", (header) => {
  expect(parseHost(header, "sitepod.dev").kind).toBe("invalid");
});

test("the base domain may be localhost", () => {
  expect(parseHost("docs.localhost:8080", "localhost")).toEqual(prod);
  expect(parseHost("localhost:8080", "localhost")).toEqual(control);
});

test("the port is read with its colon", () => {
  expect(portOf("docs.localhost:8080")).toBe(":8080");
  expect(portOf("docs.localhost")).toBe("");
  expect(portOf(null)).toBe("");
});

describe("for any input", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((text) => parseSiteName(text).ok);
  const siteHost: fc.Arbitrary<SiteHost> = fc.oneof(
    fc.record({
      kind: fc.constant("environment" as const),
      label,
      environment: fc.constantFrom("prod" as const, "beta" as const),
    }),
    fc.record({ kind: fc.constant("release" as const), label, version: fc.integer({ min: 1, max: 999_999_999 }) }),
    fc
      .record({ kind: fc.constant("preview" as const), label, slug: fc.stringMatching(/^[a-z0-9-]{1,20}$/) })
      .filter((host) => parsePreviewSlug(host.slug, host.label).ok),
  );

  test("what is written is read back, however it is spelled", () => {
    fc.assert(
      fc.property(
        siteHost,
        fc.boolean(),
        fc.constantFrom("", "."),
        fc.constantFrom("", ":80"),
        (host, upper, dot, port) => {
          const name = formatHost(host, "sitepod.dev");
          expect(parseHost((upper ? name.toUpperCase() : name) + dot + port, "sitepod.dev")).toEqual(host);
        },
      ),
    );
  });

  test("a header with a character that no name has is refused", () => {
    const bad = fc.constantFrom(..."/@?#, \t\0\n%\\\"'<>|^`{}é");
    fc.assert(
      fc.property(fc.string(), bad, fc.string(), (before, character, after) => {
        expect(parseHost(before + character + after, "sitepod.dev").kind).toBe("invalid");
      }),
    );
  });

  test("only a name that ends in a dot and the domain leads to a site", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV6()), (header) => {
        const { kind } = parseHost(header, "sitepod.dev");
        if (["environment", "preview", "release", "unknown"].includes(kind)) {
          expect(header.toLowerCase()).toMatch(/\.sitepod\.dev\.?(?::\d*)?$/);
        }
      }),
    );
  });
});
