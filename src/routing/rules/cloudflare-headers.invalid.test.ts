import { expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_HEADER_RULES, MAX_LINE_LENGTH, parseCloudflareHeaders } from "./cloudflare-headers.ts";

test.each([
  ["http://example.com/*", "https:// before it"],
  ["ftp://example.com/*", "https:// before it"],
  ["https://example.com:8080/*", "without its port"],
  ["https://*.example.*/", "not a host name"],
  ["https://exa mple.com/", "not a host name"],
  ["https:///a", "not a host name"],
  ["/*/*", "Only one *"],
  ["/*/:splat", "used twice"],
  ["/:a/:a", "used twice"],
  ["https://:a.example.com/:a", "used twice"],
  ["/:a*", "cannot share a segment"],
  ["/%ff", "not percent-encoded"],
])("the path %j is told, and the headers below it set nothing", (place, message) => {
  const { rules, faults } = parseCloudflareHeaders(`/ok\n  X-A: 1\n${place}\n  X-B: 2`);
  expect(rules).toHaveLength(1);
  expect(faults).toEqual([{ line: 3, text: place, message: expect.stringContaining(message) }]);
});

test.each([
  ["Basic-Auth: a:b", "open to everybody"],
  ["! ", "not the name"],
  ["! Content-Length", "server alone"],
  ["Content-Length: 1", "server alone"],
  ["X A: 1", "not the name"],
  ["X-A:", "no value"],
  ["X-A", "neither a path nor a header"],
  [`X-A: ${"a".repeat(MAX_LINE_LENGTH)}`, "longer than"],
])("%j is told and left out", (line, message) => {
  const { rules, faults } = parseCloudflareHeaders(`/*\n  X-Ok: 1\n  ${line}`);
  expect(rules).toMatchObject([{ set: [{ name: "x-ok", value: "1" }], unset: [] }]);
  expect(faults).toEqual([{ line: 3, text: line.trim(), message: expect.stringContaining(message) }]);
});

test("rules beyond Cloudflare's limit are told, and set nothing", () => {
  const file = Array.from({ length: MAX_HEADER_RULES + 1 }, (_, i) => `/${i}\n  X-A: 1`).join("\n");
  const { rules, faults } = parseCloudflareHeaders(file);
  expect(rules).toHaveLength(MAX_HEADER_RULES);
  expect(faults.map(({ line }) => line)).toEqual([2 * MAX_HEADER_RULES + 1]);
});

test("no text makes the parser throw, and what it sets is valid", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.string(), fc.string({ unit: "binary" })).map(([name, value]) => `${name}: ${value}`),
    fc.constantFrom("/*", "/:a/:b", "https://:a.b/*", "! X", "!"),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const { set, unset } of parseCloudflareHeaders(`/*\n${lines.join("\n")}`).rules) {
        for (const { name, value } of set) new Headers().append(name, value);
        for (const name of unset) new Headers().delete(name);
      }
    }),
  );
});
