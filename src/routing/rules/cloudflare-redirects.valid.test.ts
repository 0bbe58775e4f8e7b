import { expect, test } from "bun:test";
import { MAX_DYNAMIC_REDIRECTS, MAX_STATIC_REDIRECTS, parseCloudflareRedirects } from "./cloudflare-redirects.ts";

test.each([
  ["/a /b", "/a", "/b", 302],
  ["/a /b 200", "/a", "/b", 200],
  ["/a /b 301", "/a", "/b", 301],
  ["/a /b 302", "/a", "/b", 302],
  ["/a /b 303", "/a", "/b", 303],
  ["/a /b 307", "/a", "/b", 307],
  ["/a /b 308", "/a", "/b", 308],
  ["/a /b # why", "/a", "/b", 302],
  ["/a /b 301 # why", "/a", "/b", 301],
  ["a /b", "/a", "/b", 302],
  ["/a?x=1 /b", "/a", "/b", 302],
  ["/a#x /b", "/a", "/b", 302],
  ["/a/*/b /c/:splat", "/a/*/b", "/c/:splat", 302],
  ["/a* /c/:splat", "/a*", "/c/:splat", 302],
  ["/*.html /:splat", "/*.html", "/:splat", 302],
  ["/:year-:month/:id.html /:year/:id", "/:year-:month/:id.html", "/:year/:id", 302],
  ["/a /a/", "/a", "/a/", 302],
  ["/a/ /a", "/a/", "/a", 302],
  ["/app/* /app/ 200", "/app/*", "/app/", 200],
])("%j leads from %s to %s by %d and wins over files", (line, source, path, status) => {
  const { rules, faults } = parseCloudflareRedirects(line);
  expect(faults).toEqual([]);
  expect(rules).toMatchObject([{ source, host: undefined, status, wins: true, target: { origin: undefined, path } }]);
});

test("the target may be another server, with query and fragment", () => {
  expect(parseCloudflareRedirects("/a https://example.com/b?c#d 301").rules[0]?.target).toEqual({
    origin: "https://example.com",
    path: "/b",
    query: "?c",
    fragment: "#d",
  });
});

test("as many rules are read as Cloudflare reads", () => {
  const statics = Array.from({ length: MAX_STATIC_REDIRECTS }, (_, i) => `/s${i} /t`);
  const dynamics = Array.from({ length: MAX_DYNAMIC_REDIRECTS }, (_, i) => `/d${i}/* /t`);
  const { rules, faults } = parseCloudflareRedirects([...statics, ...dynamics].join("\n"));
  expect([rules.length, faults]).toEqual([MAX_STATIC_REDIRECTS + MAX_DYNAMIC_REDIRECTS, []]);
});
