import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  formatVersion,
  MAX_DNS_LABEL_LENGTH,
  MAX_SITE_NAME_LENGTH,
  parsePreviewSlug,
  parseSiteName,
  parseVersion,
  RESERVED_LABELS,
} from "./site.ts";

test.each(["a", "docs", "my-site", "site2", "beta", "v3", "a-beta-b", "x".repeat(MAX_SITE_NAME_LENGTH)])(
  "a site may be called %p",
  (name) => {
    expect(parseSiteName(name)).toEqual({ ok: true, value: name });
  },
);

test.each([
  ["", "must start with a letter"],
  ["Docs", "must start with a letter and hold only lower-case"],
  ["2docs", "must start with a letter"],
  ["-docs", "must start with a letter"],
  ["do_cs", "hold only lower-case letters, digits and hyphens"],
  ["do.cs", "hold only lower-case letters, digits and hyphens"],
  ["döcs", "hold only lower-case letters, digits and hyphens"],
  ["docs\n", "hold only lower-case letters, digits and hyphens"],
  ["../docs", "must start with a letter"],
  ["x".repeat(MAX_SITE_NAME_LENGTH + 1), "58 at most"],
  ["do--cs", 'must not contain "--"'],
  ["docs-", "must not end in a hyphen"],
  ["docs-beta", 'must not end in "-beta"'],
  ...RESERVED_LABELS.map((name) => [name, "is reserved"]),
])("a site may not be called %p: it %s", (name, reason) => {
  const parsed = parseSiteName(name);
  expect(parsed.ok ? "accepted" : parsed.fault).toContain(reason);
});

test("both environments of a site fit a DNS label", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,70}$/), (name) => {
      if (parseSiteName(name).ok) expect(`${name}-beta`.length).toBeLessThanOrEqual(MAX_DNS_LABEL_LENGTH);
    }),
  );
});

test.each(["a", "7", "fix-menu", "v", "v3a", "vv3", "v0", "3v"])("a preview may be called %p", (slug) => {
  expect(parsePreviewSlug(slug, "docs")).toEqual({ ok: true, value: slug });
});

test.each([
  ["", "must hold only lower-case letters"],
  ["Fix", "must hold only lower-case letters"],
  ["fix_menu", "must hold only lower-case letters"],
  ["a--b", "single hyphens between them"],
  ["-a", "single hyphens between them"],
  ["a-", "single hyphens between them"],
  ["a/b", "must hold only lower-case letters"],
  ["..", "must hold only lower-case letters"],
  ["v3", "looks like a release"],
  ["x".repeat(58), "is too long"],
])("a preview of docs may not be called %p: it %s", (slug, reason) => {
  const parsed = parsePreviewSlug(slug, "docs");
  expect(parsed.ok ? "accepted" : parsed.fault).toContain(reason);
});

test("a preview's slug may be as long as its host's label allows", () => {
  expect(parsePreviewSlug("x".repeat(57), "docs").ok).toBe(true);
  expect(parsePreviewSlug("x", "d".repeat(61)).ok).toBe(false);
});

test("versions are read as they are written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (version) => {
      expect(parseVersion(formatVersion(version))).toBe(version);
    }),
  );
});

test.each(["", "3", "v", "v0", "v03", "V3", "v3 ", " v3", "v-3", "v3.0", "v1e3", "v9999999999", "img_3"])(
  "%p is no version",
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
  },
);
