import { expect, test } from "bun:test";
import { tellDialect } from "./dialect.ts";
import { isRulesFile, listWarnings, parseSiteRules } from "./site-rules.ts";

test.each([
  ["", "", "netlify"],
  ["/a /b", "/*\n  X-A: 1", "netlify"],
  ["/a /b 301\n/c/* /d/:splat 302", "", "netlify"],
  ["", "/*\n  ! X-A", "cloudflare"],
  ["", "https://:p.pages.dev/*\n  X-A: 1", "cloudflare"],
  ["/a*b /c", "", "cloudflare"],
  ["/*.html /c", "", "cloudflare"],
  ["/:id.html /c", "", "cloudflare"],
  ["/p-:id /c", "", "netlify"],
  ["/a /b 301!", "/*\n  ! X-A", "netlify"],
  ["/a /b 404", "/*\n  ! X-A", "netlify"],
  ["/a id=:id /b", "/*\n  ! X-A", "netlify"],
  ["/a /b 302 Country=au", "/*\n  ! X-A", "netlify"],
  ["/a/* 200", "/*\n  ! X-A", "netlify"],
  ["/a https://b.example 200", "/*\n  ! X-A", "netlify"],
  ["https://a.example/* /b", "/*\n  ! X-A", "netlify"],
  ["", "/*\n  ! X-A\n  Basic-Auth: a:b", "netlify"],
  ["# /*.html /c", "# ! X-A", "netlify"],
  ["/a /b?c=d # e=f", "/*\n  ! X-A", "cloudflare"],
])("%j with %j is told to be %s", (redirects, headers, dialect) => {
  expect(tellDialect(redirects, headers)).toBe(dialect as "netlify");
});

test("the dialect that is set wins over what the files look like", () => {
  const files = { redirects: "/a /b 301!", headers: "" };
  const { dialect, redirects } = parseSiteRules(files, { rules_dialect: "cloudflare" });
  expect([dialect, redirects.rules.length, redirects.faults.length]).toEqual(["cloudflare", 0, 1]);
});

test("warnings name the file and the line", () => {
  const rules = parseSiteRules({ redirects: "/a\n/api/* https://a.example/:splat 200", headers: "X-A: 1" }, {});
  expect(listWarnings(rules, true).map(({ file, line }) => [file, line])).toEqual([
    ["_redirects", 1],
    ["_headers", 1],
  ]);
  expect(listWarnings(rules, false)).toMatchObject([
    { file: "_redirects", line: 1 },
    { file: "_redirects", line: 2, message: expect.stringContaining("--allow-proxying") },
    { file: "_headers", line: 1 },
  ]);
});

test("only the two files at the top say how a site is served", () => {
  expect(["_redirects", "_headers", "docs/_headers", "_headers.txt"].filter(isRulesFile)).toEqual([
    "_redirects",
    "_headers",
  ]);
});
