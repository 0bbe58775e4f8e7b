import { expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_NETLIFY_RULES, parseNetlifyRedirects } from "./netlify-redirects.ts";

test.each([
  ["/a", "target is missing"],
  ["/a 301", "target is missing"],
  ["/a 200", "target is missing"],
  ["/a/* 301", "target is missing"],
  ["/a b", "target is missing"],
  ["/a id=:id", "target is missing"],
  ["a /b", "source must start with /"],
  ["ftp://a.example/ /b", "source must start with /"],
  ["/a?b=c /d", "a path alone"],
  ["/a#b /d", "a path alone"],
  ["/.netlify/functions/x /b", "Netlify's own"],
  ["https://*.example.com/ /b", "not a host name"],
  ["https://:x.example.com/ /b", "not a host name"],
  ["/a/*/b /c", "whole last segment"],
  ["/a* /c", "whole last segment"],
  ["/*.html /c", "whole last segment"],
  ["/*/* /c", "Only one *"],
  ["/:id.html /c", "whole segment"],
  ["/:a/:a /c", "used twice"],
  ["/:splat/* /c", "used twice"],
  ["/%zz /c", "not percent-encoded"],
  ["/a%2fb /c", "%2F"],
  ["/a //evil.example", "another host"],
  ["/a /\\evil.example", "another host"],
  ["/go/* https://:splat", "choose where they are sent"],
  ["/go/:x https://:x.example.com", "choose where they are sent"],
  ["/go/:x https://example.com:x/", "choose where they are sent"],
  ["/a http://[::1]:x/", "choose where they are sent"],
  ["/a https://user@example.com", "user name"],
  ["/a https://", "is not a host"],
  ["/a /b 100", "not a status"],
  ["/a /b 204", "not a status"],
  ["/a /b 304", "not a status"],
  ["/a /b 600", "not a status"],
  ["/a /b 301!!", "not a status"],
  ["/a /b permanent", "not a status"],
  ["/a https://example.com 404", "Only 200"],
  ["/a x /b", "neither a target nor a query parameter"],
  ["/a /b 301 Role=admin", "Role needs"],
  ["/a https://example.com 200 Sign=KEY", "Signed proxying"],
  ["/a https://example.com 200 signed=KEY", "Signed proxying"],
  ["/a /b 302 Planet=mars", "not a condition"],
  ["/a /b 302 /c", "not a condition"],
  ["/a /b 302 Country=", "names nothing"],
  ["/a /b 302 Language=,", "names nothing"],
  ["/a /a", "leads to itself"],
  ["/a /a/", "leads to itself"],
  ["/a/ /a 301!", "leads to itself"],
  ["/* /:splat", "leads to itself"],
  ["/:a/:b /:a/:b", "leads to itself"],
  ["http://example.com/* https://example.com/:splat 301!", "leads to itself"],
])("%j is told and left out", (line, message) => {
  const { rules, faults } = parseNetlifyRedirects(`# first\n${line}`);
  expect(rules).toEqual([]);
  expect(faults).toEqual([{ line: 2, text: line, message: expect.stringContaining(message) }]);
});

test("a placeholder that the source does not have is told, and the rule stays", () => {
  const { rules, faults } = parseNetlifyRedirects("/a/* /b/:spalt");
  expect(rules).toHaveLength(1);
  expect(faults[0]?.message).toContain(":spalt");
});

test("redirects that always hold and lead in a circle lose the one that closes it", () => {
  const { rules, faults } = parseNetlifyRedirects("/a /b 301!\n/b /c 301!\n/c/ /a 301!\n/d /a 301!\n/e /e2\n/e2 /e");
  expect(rules.map(({ line }) => line)).toEqual([1, 2, 4, 5, 6]);
  expect(faults).toEqual([{ line: 3, text: "/c/ /a 301!", message: expect.stringContaining("leads back") }]);
});

test("what is beyond the limit is told", () => {
  const file = `${"/a /b\n".repeat(MAX_NETLIFY_RULES)}/last /b`;
  const { rules, faults } = parseNetlifyRedirects(file);
  expect(rules).toHaveLength(MAX_NETLIFY_RULES);
  expect(faults.map(({ line }) => line)).toEqual([MAX_NETLIFY_RULES + 1]);
});

test("every fault is told, with its line", () => {
  const { rules, faults } = parseNetlifyRedirects("/a\n/ok /fine\nb /c\n/d /e 999");
  expect(rules).toHaveLength(1);
  expect(faults.map(({ line }) => line)).toEqual([1, 3, 4]);
});

test("no text makes the parser throw", () => {
  const word = fc.constantFrom(
    "/a",
    "/*",
    "/:x",
    ":",
    "200",
    "301!",
    "id=:id",
    "Country=",
    "https://a",
    "#",
    "%",
    "\\",
  );
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.oneof(word, fc.string())).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const file = lines.join("\n");
      const { rules, faults } = parseNetlifyRedirects(file);
      for (const { line } of [...rules, ...faults]) expect(line).toBeLessThanOrEqual(file.split("\n").length);
    }),
  );
});
