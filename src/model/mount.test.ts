import { expect, test } from "bun:test";
import { wildcardOf } from "./host-record.ts";
import { hostKey, hostnameOfKey } from "./keys.ts";
import { parseMount, parseMountPath } from "./mount.ts";

test.each(["/", "/blog", "/a/b-c/d.e", "/_x/y~z", `/${"a".repeat(199)}`])("%s is a path", (path) => {
  expect(parseMountPath(path)).toEqual({ ok: true, value: path });
});

test.each([
  "",
  "blog",
  "/blog/",
  "//",
  "//blog",
  "/a//b",
  "/.",
  "/..",
  "/a/../b",
  "/.well-known",
  "/a b",
  "/a%20b",
  "/ä",
  "/a?b",
  "/a#b",
  "/a\\b",
  "/a@b",
  "/a;b",
  `/${"a".repeat(200)}`,
])("%p is no path", (path) => {
  expect(parseMountPath(path).ok).toBe(false);
});

test.each([
  null,
  "x",
  {},
  { path: "/", label: "docs" },
  { path: "/", label: "docs", environment: "staging" },
  { path: "/", label: 1, environment: "prod" },
  { path: "/x/", label: "docs", environment: "prod" },
])("%p is no mount", (value) => {
  expect(parseMount(value)).toBeUndefined();
});

test.each([
  ["a.example.com", "*.example.com"],
  ["a.b.example.com", "*.b.example.com"],
  ["example.com", undefined],
  ["com", undefined],
])("the wildcard over %s is %s", (hostname, wildcard) => {
  expect(wildcardOf(hostname)).toBe(wildcard!);
});

test("a wildcard has a file name", () => {
  expect(hostKey("*.example.com")).toBe("hosts/_.example.com.json");
  expect(hostKey("example.com")).toBe("hosts/example.com.json");
  for (const name of ["*.example.com", "example.com", "a.b"]) expect(hostnameOfKey(hostKey(name))).toBe(name);
});
