import { expect, test } from "bun:test";
import { createHostParser } from "./host-parser.ts";

const parse = createHostParser("sites.test");

test("a header is parsed once, the longest that can be a host too", () => {
  const longest = `${`${"a".repeat(49)}.`.repeat(5)}com.:65535`;
  for (const header of ["docs.sites.test", longest, null]) expect(parse(header)).toBe(parse(header));
});

test("a header too long to be a host is answered and not kept", () => {
  const header = `${"a".repeat(15_000)}.example.com`;
  expect(parse(header).host.kind).toBe("invalid");
  expect(parse(header)).not.toBe(parse(header));
});
