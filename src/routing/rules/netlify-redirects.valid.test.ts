import { expect, test } from "bun:test";
import { parseNetlifyRedirects } from "./netlify-redirects.ts";
import type { RedirectRule } from "./redirect-rule.ts";

/** Reads one line that has no faults. */
function read(line: string): RedirectRule {
  const { rules, faults } = parseNetlifyRedirects(line);
  expect(faults).toEqual([]);
  expect(rules).toHaveLength(1);
  return rules[0]!;
}

test.each([
  ["/a /b", "/a", "/b", 301, false],
  ["  /a\t/b   302  ", "/a", "/b", 302, false],
  ["/a /b 301!", "/a", "/b", 301, true],
  ["/a /b 200", "/a", "/b", 200, false],
  ["/a /b 200!", "/a", "/b", 200, true],
  ["/a /b 303", "/a", "/b", 303, false],
  ["/a /b 307", "/a", "/b", 307, false],
  ["/a /b 308", "/a", "/b", 308, false],
  ["/a /gone.html 404", "/a", "/gone.html", 404, false],
  ["/a /gone.html 410!", "/a", "/gone.html", 410, true],
  ["/a /later.html 503", "/a", "/later.html", 503, false],
  ["/a /b # why", "/a", "/b", 301, false],
  ["/a /b 302 # why 200", "/a", "/b", 302, false],
  ["/app/* 200", "/app/*", "/app/:splat", 200, false],
  ["/app/* 200!", "/app/*", "/app/:splat", 200, true],
  ["/ /home", "/", "/home", 301, false],
  ["/:x/:y /:y/:x", "/:x/:y", "/:y/:x", 301, false],
  ["/it's:here /b", "/it's:here", "/b", 301, false],
])("%j leads from %s to %s by %d", (line, source, path, status, wins) => {
  expect(read(line)).toMatchObject({ source, host: undefined, status, wins, target: { origin: undefined, path } });
});

test.each([
  ["/a https://example.com", "https://example.com", "/", "", ""],
  ["/a http://example.com/b?c=d#e", "http://example.com", "/b", "?c=d", "#e"],
  ["/a HTTPS://EXAMPLE.com:444/B", "https://example.com:444", "/B", "", ""],
  ["/a https://bücher.example/", "https://xn--bcher-kva.example", "/", "", ""],
  ["/a http://[2001:db8::fe]:81/b", "http://[2001:db8::fe]:81", "/b", "", ""],
  ["/a https://example.com?x=1", "https://example.com", "/", "?x=1", ""],
])("%j leads to another server", (line, origin, path, query, fragment) => {
  expect(read(line).target).toEqual({ origin, path, query, fragment });
});

test("the target's query and fragment are kept", () => {
  expect(read("/a /b?c=d&e#f").target).toEqual({ origin: undefined, path: "/b", query: "?c=d&e", fragment: "#f" });
});

test("a source may name a host", () => {
  expect(read("http://Blog.example.com/* https://example.com/blog/:splat 301!")).toMatchObject({
    host: "blog.example.com",
    source: "/*",
    wins: true,
  });
  expect(read("https://old.example.com https://new.example.com/")).toMatchObject({ source: "/" });
  expect(read("https://old.example.com:8080/a /b").host).toBe("old.example.com");
});

test("parameters of the query stand before the target", () => {
  expect(read("/store id=:id tag=new empty= /blog/:id 301").query).toEqual([
    { name: "id", value: { kind: "any", as: "id" } },
    { name: "tag", value: { kind: "text", text: "new" } },
    { name: "empty", value: { kind: "text", text: "" } },
  ]);
});

test.each([
  ["/ /au 302 Country=au,NZ", { countries: ["AU", "NZ"], languages: [], cookies: [] }],
  ["/ /en 302 Language=en,de-CH", { countries: [], languages: ["en", "de-ch"], cookies: [] }],
  ["/ /x 302 language=en country=us", { countries: ["US"], languages: ["en"], cookies: [] }],
  ["/* /legacy/:splat 200 Cookie=is_legacy,Old", { countries: [], languages: [], cookies: ["is_legacy", "Old"] }],
  ["/ /au Country=au", { countries: ["AU"], languages: [], cookies: [] }],
])("%j asks for conditions", (line, conditions) => {
  expect(read(line).conditions).toEqual(conditions);
});

test("empty lines, comments, Windows line ends and a byte order mark say nothing, and lines are counted from 1", () => {
  const { rules, faults } = parseNetlifyRedirects("\ufeff/a /b\r\n\r\n# no\r\n  # no\n/c /d\n");
  expect(faults).toEqual([]);
  expect(rules.map(({ line, source }) => [line, source])).toEqual([
    [1, "/a"],
    [5, "/c"],
  ]);
});

test("45,000 lines are all read", () => {
  const file = Array.from({ length: 45_000 }, (_, i) => `/old/${i} /new/${i}`).join("\n");
  expect(parseNetlifyRedirects(file).rules).toHaveLength(45_000);
});
