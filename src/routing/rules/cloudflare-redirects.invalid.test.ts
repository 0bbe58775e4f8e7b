import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  MAX_DYNAMIC_REDIRECTS,
  MAX_LINE_LENGTH,
  MAX_STATIC_REDIRECTS,
  parseCloudflareRedirects,
} from "./cloudflare-redirects.ts";

test.each([
  ["/a", "has 1 words"],
  ["/a /b 301 x", "has 4 words"],
  ["/a id=:id /b 301", "has 4 words"],
  ["https://example.com/a /b", "without a host"],
  ["/a b", "target must start with /"],
  ["/a //evil.example", "another host"],
  ["/a /b 404", "not a status"],
  ["/a /b 410", "not a status"],
  ["/a /b 301!", "not a status"],
  ["/a /b 201", "not a status"],
  ["/a /b Country=au", "not a status"],
  ["/a https://example.com 200", "path of this site"],
  ["/*/* /a", "Only one *"],
  ["/:a*/b /a", "cannot share a segment"],
  ["/:a/:a /b", "used twice"],
  ["/:splat/* /b", "used twice"],
  ["/%ff /b", "not percent-encoded"],
  ["/* /index.html 200", "leads to itself"],
  ["/* /index", "leads to itself"],
  ["/docs/* /docs/index.html 200", "leads to itself"],
  ["/ /index.html", "leads to itself"],
  ["/a /a", "leads to itself"],
  ["/* /:splat", "leads to itself"],
  ["/go/* https://:splat/", "choose where they are sent"],
  [`/${"a".repeat(MAX_LINE_LENGTH)} /b`, "longer than"],
])("%j is told and left out", (line, message) => {
  const { rules, faults } = parseCloudflareRedirects(`\n${line}`);
  expect(rules).toEqual([]);
  expect(faults).toEqual([{ line: 2, text: line, message: expect.stringContaining(message) }]);
});

test("a second rule for a source is told", () => {
  const { rules, faults } = parseCloudflareRedirects("/a /b\n/a /c");
  expect(rules.map(({ line }) => line)).toEqual([1]);
  expect(faults).toEqual([{ line: 2, text: "/a /c", message: expect.stringContaining("Line 1") }]);
});

test("redirects that lead in a circle lose the one that closes it", () => {
  const { rules, faults } = parseCloudflareRedirects("/a /b\n/b /a\n/c /a");
  expect(rules.map(({ line }) => line)).toEqual([1, 3]);
  expect(faults.map(({ line }) => line)).toEqual([2]);
});

test("rules beyond Cloudflare's limits are told", () => {
  const statics = Array.from({ length: MAX_STATIC_REDIRECTS + 1 }, (_, i) => `/s${i} /t`);
  expect(parseCloudflareRedirects(statics.join("\n")).faults.map(({ line }) => line)).toEqual([
    MAX_STATIC_REDIRECTS + 1,
  ]);
  const dynamics = Array.from({ length: MAX_DYNAMIC_REDIRECTS + 1 }, (_, i) => `/d${i}/* /t`);
  expect(parseCloudflareRedirects(dynamics.join("\n")).faults).toHaveLength(1);
});

test("a plain rule after the first dynamic one counts as dynamic", () => {
  const late = Array.from({ length: MAX_DYNAMIC_REDIRECTS }, (_, i) => `/s${i} /t`);
  expect(parseCloudflareRedirects(["/d/* /t", ...late].join("\n")).faults.map(({ line }) => line)).toEqual([
    MAX_DYNAMIC_REDIRECTS + 1,
  ]);
});

test("no text makes the parser throw", () => {
  const word = fc.constantFrom("/a", "/*", "/:x", "/:x-:y", "*", "200", "301", "https://a", "#", "%", "\\");
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.oneof(word, fc.string())).map((words) => words.join(" ")),
  );
  fc.assert(fc.property(fc.array(line), (lines) => void parseCloudflareRedirects(lines.join("\n"))));
});
