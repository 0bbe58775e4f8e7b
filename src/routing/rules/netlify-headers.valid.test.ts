import { expect, test } from "bun:test";
import { parseNetlifyHeaders } from "./netlify-headers.ts";

test("blocks are read with their headers, names in lower case", () => {
  const { rules, faults } = parseNetlifyHeaders(
    ["# all", "/*", "  X-Frame-Options: DENY", "  Link: </a.css>; rel=preload", "", "/a b", "X-A:1"].join("\r\n"),
  );
  expect(faults).toEqual([]);
  expect(rules.map(({ line, set, credentials }) => ({ line, set, credentials }))).toEqual([
    {
      line: 2,
      set: [
        { name: "x-frame-options", value: "DENY" },
        { name: "link", value: "</a.css>; rel=preload" },
      ],
      credentials: undefined,
    },
    { line: 6, set: [{ name: "x-a", value: "1" }], credentials: undefined },
  ]);
});

test("what is repeated is joined by commas, cookies stay apart", () => {
  const { rules } = parseNetlifyHeaders(
    "/\nCache-Control: max-age=0\ncache-control: no-cache\nSet-Cookie: a=1\nSet-Cookie: b=2\nCACHE-CONTROL: private",
  );
  expect(rules[0]?.set).toEqual([
    { name: "cache-control", value: "max-age=0, no-cache, private" },
    { name: "set-cookie", value: "a=1" },
    { name: "set-cookie", value: "b=2" },
  ]);
});

test("Basic-Auth names users and passwords, which may hold colons", () => {
  const { rules, faults } = parseNetlifyHeaders("/x/*\n  basic-auth: ann:a:b  bob:é\n  Basic-Auth: cy:1");
  expect(faults).toEqual([]);
  expect(rules[0]?.credentials).toEqual([
    { user: "ann", password: "a:b" },
    { user: "bob", password: "é" },
    { user: "cy", password: "1" },
  ]);
});
