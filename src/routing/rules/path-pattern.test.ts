import { expect, test } from "bun:test";
import fc from "fast-check";
import type { RulesDialect } from "#model";
import { matchPathPattern, parsePathPattern } from "./path-pattern.ts";

function match(dialect: RulesDialect, source: string, path: string): Record<string, string> | undefined {
  const pattern = parsePathPattern(source, dialect);
  if (!pattern.ok) throw new Error(pattern.fault);
  const captures = matchPathPattern(pattern.value, path);
  return captures && Object.fromEntries(captures);
}

test.each([
  ["/", "", {}],
  ["/", "a", undefined],
  ["/a", "a", {}],
  ["/a", "a/", {}],
  ["/a/", "a", {}],
  ["/a", "A", undefined],
  ["/a", "a/b", undefined],
  ["/caf%C3%A9", "café", {}],
  ["/café", "café", {}],
  ["/*", "", { splat: "" }],
  ["/*", "a/b", { splat: "a/b" }],
  ["/a/*", "a", { splat: "" }],
  ["/a/*", "a/", { splat: "" }],
  ["/a/*", "a/b/", { splat: "b/" }],
  ["/a/*", "ab", undefined],
  ["/:x", "a", { x: "a" }],
  ["/:x", "a/", { x: "a" }],
  ["/:x", "", undefined],
  ["/:x", "a/b", undefined],
  ["/:x/b/:y_2/*", "a/b/c/d/e", { x: "a", y_2: "c", splat: "d/e" }],
  ["/a:b", "a:b", {}],
])("Netlify's %s against %j is %j", (source, path, captures) => {
  expect(match("netlify", source, path)).toEqual(captures);
});

test.each([
  ["/", "", {}],
  ["/a", "a", {}],
  ["/a", "a/", undefined],
  ["/a/", "a/", {}],
  ["/a/", "a", undefined],
  ["/*", "", { splat: "" }],
  ["/*", "a/b/", { splat: "a/b/" }],
  ["/a/*", "a", undefined],
  ["/a/*", "a/", { splat: "" }],
  ["/a/*", "a/b", { splat: "b" }],
  ["/a*", "a", { splat: "" }],
  ["/a*", "abc/d", { splat: "bc/d" }],
  ["/a/*/d", "a/b/c/d", { splat: "b/c" }],
  ["/a/*/d", "a/d", undefined],
  ["/a/*/d", "a//d", { splat: "" }],
  ["/*.html", "a/b.html", { splat: "a/b" }],
  ["/x*x", "x", undefined],
  ["/x*x", "xx", { splat: "" }],
  ["/*/:y", "a/b/c", { splat: "a/b", y: "c" }],
  ["/:x", "a", { x: "a" }],
  ["/:x", "", undefined],
  ["/p-:x", "p-", undefined],
  ["/p-:x", "p-1", { x: "1" }],
  ["/:y-:m.html", "2030-1.html", { y: "2030", m: "1" }],
  ["/:y-:m", "1-2-3", { y: "1-2", m: "3" }],
  ["/:y-:m", "-1", undefined],
  ["/:y-:m", "1-", undefined],
  ["/:a:b", "xyz", { a: "xy", b: "z" }],
  ["/:a:b", "x", undefined],
  ["/f-:x", "f-..", undefined],
  ["/f*g", "f..g", undefined],
])("Cloudflare's %s against %j is %j", (source, path, captures) => {
  expect(match("cloudflare", source, path)).toEqual(captures);
});

test("no path takes long, however often a placeholder could begin", () => {
  const source = `/${Array.from({ length: 400 }, (_, i) => `:p${i}-`).join("")}x`;
  const start = performance.now();
  expect(match("cloudflare", source, "-".repeat(1000))).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(200);
});

test("what a splat or a placeholder took, put back, is the path", () => {
  const segment = fc.string({ minLength: 1 }).filter((text) => !/[/]|^\.{1,2}$/.test(text));
  fc.assert(
    fc.property(segment, segment, fc.array(segment), (a, b, rest) => {
      const path = [a, b, ...rest].join("/");
      expect(match("netlify", "/:a/:b/*", path)).toEqual({ a, b, splat: rest.join("/") });
      expect(match("cloudflare", "/*", path)).toEqual({ splat: path });
    }),
  );
});
