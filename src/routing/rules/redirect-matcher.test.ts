import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseCloudflareRedirects } from "./cloudflare-redirects.ts";
import { parseNetlifyRedirects } from "./netlify-redirects.ts";
import { compileRedirects, type RedirectMatcher, type RuleRequest } from "./redirect-matcher.ts";

const compile = (file: string): RedirectMatcher => compileRedirects(parseNetlifyRedirects(file).rules);

function ask(matcher: RedirectMatcher, path: string, more: Partial<RuleRequest> = {}) {
  return matcher.match({
    host: "site.example",
    path: path.slice(1),
    query: "",
    headers: new Headers(),
    countryHeader: undefined,
    hasFile: () => false,
    ...more,
  });
}

test("the first rule that holds is taken, whichever way it is found", () => {
  const matcher = compile("/a/special /1\n/a/:x /2\n/a/* /3\n/a/late /4\n/* /5");
  const lead = (path: string) => ask(matcher, path);
  expect(lead("/a/special")).toMatchObject({ location: "/1" });
  expect(lead("/a/late")).toMatchObject({ location: "/2" });
  expect(lead("/a/b/c")).toMatchObject({ location: "/3" });
  expect(lead("/b")).toMatchObject({ location: "/5" });
});

test("a rule gives way to a file unless it is forced, and the next one has its turn", () => {
  const matcher = compile("/a /1\n/a /2 302!\n/b /3");
  expect(ask(matcher, "/a", { hasFile: () => true })).toMatchObject({ location: "/2", status: 302 });
  expect(ask(matcher, "/a")).toMatchObject({ location: "/1", status: 301 });
  expect(ask(matcher, "/b", { hasFile: () => true })).toEqual({ kind: "none", vary: [] });
});

test("what a decision depended on is told, also where no rule held", () => {
  const matcher = compile("/a /1 302 Language=en\n/a /2 302 Cookie=x");
  expect(ask(matcher, "/a")).toEqual({ kind: "none", vary: ["Cookie", "Accept-Language"] });
  expect(ask(matcher, "/b")).toEqual({ kind: "none", vary: [] });
});

test("a redirect to where the request came from is not taken", () => {
  expect(ask(compile("/:x /a"), "/a")).toMatchObject({ kind: "none" });
  expect(ask(compile("/:x /a/"), "/a")).toMatchObject({ kind: "none" });
  expect(ask(compile("/:x /a"), "/b")).toMatchObject({ location: "/a" });
  expect(ask(compile("/:x https://site.example/a"), "/a")).toMatchObject({ kind: "none" });
  expect(ask(compile("/:x https://other.example/a"), "/a")).toMatchObject({ kind: "redirect" });
  expect(ask(compile("/:x /a?y=1"), "/a")).toMatchObject({ location: "/a?y=1" });
  expect(ask(compile("/:x /a?y=1"), "/a", { query: "?y=1" })).toMatchObject({ kind: "none" });
  expect(ask(compile("/:x /caf%C3%A9"), "/café")).toMatchObject({ kind: "none" });
});

test("a rule for a host holds there alone", () => {
  const matcher = compile("https://old.example/* https://new.example/:splat\n/* /other");
  expect(ask(matcher, "/a", { host: "old.example" })).toMatchObject({ location: "https://new.example/a" });
  expect(ask(matcher, "/a")).toMatchObject({ location: "/other" });
});

test("the kinds of answers are told apart", () => {
  expect(ask(compile("/a /b 200"), "/a")).toEqual({ kind: "rewrite", status: 200, path: "/b", vary: [] });
  expect(ask(compile("/a /b 410"), "/a")).toEqual({ kind: "rewrite", status: 410, path: "/b", vary: [] });
  const proxy = compile("/api/* https://api.example/v1/:splat 200");
  expect(ask(proxy, "/api/a b", { query: "?q=1" })).toEqual({
    kind: "proxy",
    url: "https://api.example/v1/a%20b?q=1",
    vary: [],
  });
});

test("Cloudflare's rules win over files, and know a slash at the end", () => {
  const matcher = compileRedirects(parseCloudflareRedirects("/a /1\n/b/:x/ /2/:x").rules);
  expect(ask(matcher, "/a", { hasFile: () => true })).toMatchObject({ location: "/1", status: 302 });
  expect(ask(matcher, "/a/")).toMatchObject({ kind: "none" });
  expect(ask(matcher, "/b/c/")).toMatchObject({ location: "/2/c" });
});

test("no request makes a matcher throw, or sends anybody to a host that the rules do not name", () => {
  const matchers = [
    compile("/a/* /:splat\n/q x=:x /:x/:x\n/:a/:b/:c https://good.example/:a?b=:b#:c\n/:p //\n/* /x/:splat 301!"),
    compileRedirects(parseCloudflareRedirects("/a/* /:splat\n/:a-:b/*.x /:a:b/:splat\n/f* /:splat").rules),
  ];
  const word = fc.constantFrom("a", "q", "f", "a-b", "..", "", "//evil.example", "\\", "é", "%", "x.x");
  const path = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(word).map((words) => words.join("/")),
  );
  const query = fc.string({ unit: "binary" }).map((text) => `?x=${text}`);
  fc.assert(
    fc.property(path, query, fc.constantFrom(...matchers), (path, query, matcher) => {
      const decision = ask(matcher, `/${path}`, { query });
      if (decision.kind !== "redirect") return;
      expect(decision.location).toMatch(/^[\x21-\x7e]+$/);
      expect(["site.example", "good.example"]).toContain(new URL(decision.location, "https://site.example").host);
    }),
    { numRuns: 500 },
  );
});

/** Milliseconds that a thousand requests take, at best of several tries: other work on the machine only adds. */
function timeOf(matcher: RedirectMatcher, paths: readonly string[]): number {
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    for (let i = 0; i < 1000; i++) ask(matcher, paths[i % paths.length]!);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

test("a request costs no more with 45,000 rules than with 10", () => {
  const rulesOf = (count: number) =>
    compile(
      Array.from({ length: count }, (_, i) =>
        i % 3 === 0
          ? `/old/${i} /new/${i}`
          : i % 3 === 1
            ? `/blog/${i}/* /b/${i}/:splat`
            : `/:lang/p${i} /p/:lang/${i}`,
      ).join("\n"),
    );
  const [few, many] = [rulesOf(10), rulesOf(45_000)];
  expect([few.count, many.count]).toEqual([10, 45_000]);
  const paths = ["/old/3", "/blog/4/a/b", "/de/p5", "/nothing/here/at/all"];
  timeOf(few, paths);
  expect(timeOf(many, paths)).toBeLessThan(5 * timeOf(few, paths) + 1);
});
