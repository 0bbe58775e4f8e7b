import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseNetlifyHeaders } from "./netlify-headers.ts";

test.each([
  ["X-A", "neither a path nor a header"],
  [": 1", "not the name of a header"],
  ["X A: 1", "not the name of a header"],
  ["X-É: 1", "not the name of a header"],
  ["X-A:", "has no value"],
  ["X-A: é", "ASCII"],
  ["X-A: a\u0001b", "ASCII"],
  ["! X-A", "Cloudflare's"],
  ["Content-Length: 1", "server alone"],
  ["Transfer-Encoding: chunked", "server alone"],
  ["connection: close", "server alone"],
  ["Host: a", "server alone"],
  ["Content-Encoding: br", "server alone"],
  ["Content-Range: bytes 0-1/2", "server alone"],
  ['ETag: "x"', "server alone"],
  ["Date: now", "server alone"],
  ["Location: /x", "server alone"],
  ["Keep-Alive: 1", "server alone"],
  ["Upgrade: h2c", "server alone"],
  ["WWW-Authenticate: Basic", "server alone"],
  [`X-A: ${"a".repeat(20_000)}`, "longer than"],
])("%j is told and left out", (line, message) => {
  const { rules, faults } = parseNetlifyHeaders(`/*\n  X-Ok: 1\n  ${line}`);
  expect(rules[0]?.set).toEqual([{ name: "x-ok", value: "1" }]);
  expect(faults).toEqual([{ line: 3, text: line, message: expect.stringContaining(message) }]);
});

test("a header before any path is told", () => {
  expect(parseNetlifyHeaders("X-A: 1").faults).toEqual([
    { line: 1, text: "X-A: 1", message: expect.stringContaining("A path comes before") },
  ]);
});

test("a host is told, and the headers below it set nothing", () => {
  const { rules, faults } = parseNetlifyHeaders("/a\n  X-A: 1\nhttps://example.com/*\n  X-B: 1");
  expect(rules).toMatchObject([{ set: [{ name: "x-a", value: "1" }] }]);
  expect(faults).toMatchObject([{ line: 3, message: expect.stringContaining("Cloudflare's") }]);
});

test("a path without headers is told", () => {
  const { rules, faults } = parseNetlifyHeaders("/a\n/b\n  X-B: 1\n/c");
  expect(rules.map(({ line }) => line)).toEqual([2]);
  expect(faults.map(({ line }) => line)).toEqual([1, 4]);
});

test.each(["", "nobody", ":x", "user:", "ann:a nobody"])(
  "Basic-Auth: %j is told, and does not open the path",
  (text) => {
    const { rules, faults } = parseNetlifyHeaders(`/x\n  Basic-Auth: ${text}`);
    expect(faults).toEqual([
      { line: 2, text: `Basic-Auth: ${text}`.trim(), message: expect.stringContaining("user:password") },
    ]);
    expect(rules[0]?.credentials).toEqual(text.startsWith("ann") ? [{ user: "ann", password: "a" }] : []);
  },
);

test("no text makes the parser throw, and what it sets is valid", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.string(), fc.string({ unit: "binary" })).map(([name, value]) => `${name}: ${value}`),
    fc.constantFrom("/*", "/a", "Basic-Auth: a:b", "Set-Cookie: a=b", "! X"),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const { set } of parseNetlifyHeaders(`/*\n${lines.join("\n")}`).rules) {
        for (const { name, value } of set) new Headers().append(name, value);
      }
    }),
  );
});
