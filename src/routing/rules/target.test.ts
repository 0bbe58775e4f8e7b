import { expect, test } from "bun:test";
import fc from "fast-check";
import { fillFragment, fillPath, fillQuery, parseTarget } from "./target.ts";

function fill(text: string, captures: Record<string, string>, query = ""): string {
  const target = parseTarget(text);
  if (!target.ok) throw new Error(target.fault);
  const map = new Map(Object.entries(captures));
  return (
    (target.value.origin ?? "") +
    fillPath(target.value, map) +
    fillQuery(target.value, map, query) +
    fillFragment(target.value, map)
  );
}

test.each([
  ["/b/:splat", { splat: "c/d" }, "", "/b/c/d"],
  ["/b/:splat", { splat: "a b/é?#%" }, "", "/b/a%20b/%C3%A9%3F%23%25"],
  ["/:id/:id_2", { id: "1", id_2: "2" }, "", "/1/2"],
  ["/:a-:b.html", { a: "1", b: "2" }, "", "/1-2.html"],
  ["/:none", { a: "1" }, "", "/:none"],
  ["/:splat/x", { splat: "" }, "", "/x"],
  ["/:splat", { splat: "/evil.example" }, "", "/evil.example"],
  ["/b", {}, "?q=1&r", "/b?q=1&r"],
  ["/b?own=1", {}, "?q=1", "/b?own=1"],
  ["/b?", {}, "?q=1", "/b?q=1"],
  ["/b#top", {}, "?q=1", "/b?q=1#top"],
  ["/b?x=:x#:x", { x: "a&b=c/d" }, "", "/b?x=a%26b%3Dc%2Fd#a&b=c/d"],
  ["/é b", {}, "", "/%C3%A9%20b"],
  ["/caf%C3%A9", {}, "", "/caf%C3%A9"],
  ["/a\\b", {}, "", "/a%5Cb"],
  ["https://example.com/:splat", { splat: "/a" }, "?q", "https://example.com//a?q"],
  ["https://example.com", {}, "", "https://example.com/"],
])("%s with %j and %j leads to %s", (text, captures, query, location) => {
  expect(fill(text, captures, query)).toBe(location);
});

test("whatever a visitor asks for, a target of the same site stays on it, and is a valid header", () => {
  const template = fc
    .array(fc.constantFrom("/", ":splat", ":x", "a", ".", "?", "#", "%2f", "\\", "é"), { maxLength: 8 })
    .map((parts) => `/${parts.join("")}`)
    .filter((text) => parseTarget(text).ok);
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("//evil.example", "\\evil", "..", "\r\nX: y"));
  fc.assert(
    fc.property(template, value, value, (text, splat, x) => {
      const location = fill(text, { splat, x }, "");
      expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
      expect(new URL(location, "https://site.example").host).toBe("site.example");
    }),
  );
});
