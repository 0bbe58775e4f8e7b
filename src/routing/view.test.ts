import { expect, test } from "bun:test";
import type { Mount } from "#model";
import { formatForgottenView, formatViewCookie, parseViewCookie, parseViewQuery, type View } from "./view.ts";

const blog: Mount = { path: "/blog", label: "docs", environment: "prod" };
const beta: View = { kind: "environment", environment: "beta" };
const preview: View = { kind: "preview", slug: "new-menu" };

test.each([
  ["?env=beta", beta, ""],
  ["?preview=new-menu", preview, ""],
  ["?a=1&env=beta&b=%20", beta, "?a=1&b=%20"],
  ["?env=beta&preview=new-menu", preview, ""],
  ["?env=prod&env=beta", beta, ""],
  ["?env=beta&env=staging", beta, "?env=staging"],
] as const)("%s chooses", (query, view, rest) => {
  expect(parseViewQuery(query, "docs")).toEqual({ view, query: rest });
});

test.each(["", "?", "?env=", "?env", "?env=Beta", "?env=staging", "?environment=beta", "?preview=", "?preview=v3"])(
  "%p chooses nothing",
  (query) => expect(parseViewQuery(query, "docs")).toBeUndefined(),
);

test.each(["?preview=a--b", "?preview=A", "?preview=a%0d%0aSet-Cookie:x", "?preview=a;b"])(
  "%s is no slug, and never reaches a cookie",
  (query) => expect(parseViewQuery(query, "docs")).toBeUndefined(),
);

test.each([beta, preview, { kind: "environment", environment: "prod" } as View])("%p is read back", (view) => {
  const cookie = formatViewCookie(view, blog, true);
  expect(cookie).toMatch(/^sitepod_view=\/blog:[a-z=-]+; Path=\/blog\/; HttpOnly; SameSite=Lax; Secure$/);
  const pair = cookie.slice(0, cookie.indexOf(";"));
  expect(parseViewCookie(pair, blog)).toEqual(view);
  expect(parseViewCookie(`a=b; ${pair}; c=d`, blog)).toEqual(view);
});

test("a choice counts for its own mount alone", () => {
  const header = "sitepod_view=/blog:env=beta";
  expect(parseViewCookie(header, { ...blog, path: "/blog/old" })).toBeUndefined();
  expect(parseViewCookie(header, { ...blog, path: "/blo" })).toBeUndefined();
  expect(parseViewCookie(`sitepod_view=/blog/old:env=prod; ${header}`, blog)).toEqual(beta);
});

test.each([
  null,
  "",
  "sitepod_view=",
  "sitepod_view=/blog:",
  "sitepod_view=/blog:env=staging",
  "sitepod_view=/blog:preview=",
  "sitepod_view=/blog:preview=../x",
  "sitepod_view=/blog:env:beta",
  "xsitepod_view=/blog:env=beta",
])("%p chooses nothing", (header) => {
  expect(parseViewCookie(header, blog)).toBeUndefined();
});

test("a forgotten choice has no value and has expired", () => {
  expect(formatForgottenView(blog, false)).toBe("sitepod_view=; Path=/blog/; HttpOnly; SameSite=Lax; Max-Age=0");
});
