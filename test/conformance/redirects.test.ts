import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { exchange, fetchHost } from "../harness/tenant.ts";
import { CLOUDFLARE } from "./redirects/cloudflare.ts";
import { NETLIFY_ANSWERS } from "./redirects/netlify-answers.ts";
import { NETLIFY_CONDITIONS } from "./redirects/netlify-conditions.ts";
import { NETLIFY_PATHS } from "./redirects/netlify-paths.ts";
import { TOLD_BY_CONTENT } from "./redirects/told-by-content.ts";
import { FILES } from "./redirects/ruled-site.ts";

// A site's `_redirects`, and what requests to it are answered: `301 /b` leads to /b, `200 about.html` is that file,
// `404` is the server's own page. Every file's content is its path.

const SITES = [...NETLIFY_PATHS, ...NETLIFY_ANSWERS, ...NETLIFY_CONDITIONS, ...CLOUDFLARE, ...TOLD_BY_CONTENT];

const hostOf = (index: number): string => `r${index}.sitepod.test`;

let server: EdgeServer;

beforeAll(async () => {
  server = startEdge({ countryHeader: "x-country" });
  for (const [index, { rules, dialect }] of SITES.entries()) {
    const files = Object.fromEntries(FILES.map((path) => [path, path]));
    const redirects = rules.replaceAll("HOST", hostOf(index));
    await server.release(
      `r${index}`,
      "prod",
      { ...files, _redirects: redirects },
      dialect ? { rules_dialect: dialect } : {},
    );
  }
});

afterAll(() => server[Symbol.dispose]());

async function answerOf(response: Response): Promise<string> {
  const location = response.headers.get("Location");
  if (location !== null) return `${response.status} ${location}`;
  const body = await response.text();
  return FILES.includes(body) ? `${response.status} ${body}` : `${response.status}`;
}

for (const [index, { about, rows }] of SITES.entries()) {
  describe(about, () => {
    test.each(rows.map(([path, answer, headers = {}]) => [path, headers, answer] as const))(
      "%s with %j is %s",
      async (path, headers, answer) => {
        const response = await fetchHost(server, hostOf(index), path, { headers });
        expect(await answerOf(response)).toBe(answer.replaceAll("HOST", hostOf(index)));
      },
    );
  });
}

test("two slashes at the beginning match no rule", async () => {
  const answer = await exchange(server, `GET //plain HTTP/1.1\r\nHost: ${hostOf(0)}\r\nConnection: close\r\n\r\n`);
  expect(answer).toStartWith("HTTP/1.1 404");
});

test("a redirect is asked about each time, so that a rollback reaches those who have seen it", async () => {
  const response = await fetchHost(server, hostOf(0), "/plain");
  expect(response.headers.get("Cache-Control")).toBe("public, max-age=0, must-revalidate");
});

test("HEAD is redirected and rewritten as GET is", async () => {
  expect((await fetchHost(server, hostOf(0), "/plain", { method: "HEAD" })).headers.get("Location")).toBe("/about");
  const rewritten = await fetchHost(server, hostOf(3), "/pretty", { method: "HEAD" });
  expect([rewritten.status, rewritten.headers.get("Content-Length"), await rewritten.text()]).toEqual([200, "10", ""]);
});

test("a rewrite has the tag and the ranges of its file, an error page is not kept", async () => {
  const rewritten = await fetchHost(server, hostOf(3), "/pretty");
  expect(rewritten.headers.get("ETag")).toBe((await fetchHost(server, hostOf(0), "/about")).headers.get("ETag"));
  const again = await fetchHost(server, hostOf(3), "/pretty", {
    headers: { "If-None-Match": rewritten.headers.get("ETag")! },
  });
  expect(again.status).toBe(304);
  const part = await fetchHost(server, hostOf(3), "/pretty", { headers: { Range: "bytes=0-4" } });
  expect([part.status, await part.text()]).toEqual([206, "about"]);
  const gone = await fetchHost(server, hostOf(3), "/gone");
  expect([gone.headers.get("Cache-Control"), gone.headers.get("ETag")]).toEqual(["no-store", null]);
});

test("what was decided by the visitor's headers says so to caches", async () => {
  const varyOf = async (path: string, headers = {}) =>
    (await fetchHost(server, hostOf(5), path, { headers })).headers.get("Vary");
  expect(await varyOf("/lang", { "Accept-Language": "de" })).toBe("Cookie, Accept-Language");
  expect(await varyOf("/where")).toBe("Cookie, x-country");
  expect(await varyOf("/files")).toContain("Cookie");
  expect(await varyOf("/docs/a")).toBeNull();
});

test("methods that would write are refused also where there are rules", async () => {
  const post = (path: string) => fetchHost(server, hostOf(3), path, { method: "POST", body: "x" });
  expect([(await post("/")).status, (await post("/pretty")).status]).toEqual([405, 405]);
});

test("a site without rules does not serve the files of rules either", async () => {
  await server.release("r99", "prod", { "index.html": "app", _headers: "# nothing" });
  expect((await fetchHost(server, "r99.sitepod.test", "/_headers")).status).toBe(404);
  expect((await fetchHost(server, "r99.sitepod.test", "/_redirects")).status).toBe(404);
  expect(await (await fetchHost(server, "r99.sitepod.test", "/anything")).text()).toBe("app");
});

test("a release brings its rules, and the one before takes its own back", async () => {
  const lead = async () => (await fetchHost(server, "r98.sitepod.test", "/a")).headers.get("Location");
  const first = { "index.html": "1", _redirects: "/a /one" };
  await server.release("r98", "prod", first);
  expect(await lead()).toBe("/one");
  await server.release("r98", "prod", { "index.html": "1", _redirects: "/a /two" });
  expect(await lead()).toBe("/two");
  await server.release("r98", "prod", { "index.html": "1" });
  expect(await lead()).toBeNull();
  await server.release("r98", "prod", first);
  expect(await lead()).toBe("/one");
});

test("a site below a path of a domain is redirected within it", async () => {
  await server.release("r96", "prod", {
    "index.html": "app",
    _redirects: "/old/* /new/:splat\n/out https://example.com/",
  });
  const mounts = [{ path: "/manual", label: "r96", environment: "prod" as const }];
  await server.writeHost({ hostname: "docs.example", mounts });
  const lead = async (path: string) => (await fetchHost(server, "docs.example", path)).headers.get("Location");
  expect([await lead("/manual/old/x"), await lead("/manual/out")]).toEqual(["/manual/new/x", "https://example.com/"]);
});

test("a site with 45,000 rules answers from all over them", async () => {
  const rules = Array.from({ length: 45_000 }, (_, i) =>
    i % 2 === 0 ? `/old/${i} /new/${i}` : `/dir/${i}/* /d/${i}/:splat`,
  );
  await server.release("r97", "prod", { "index.html": "app", _redirects: rules.join("\n") });
  for (const [path, location] of [
    ["/old/0", "/new/0"],
    ["/old/44998", "/new/44998"],
    ["/dir/1/x/y", "/d/1/x/y"],
    ["/dir/44999/x", "/d/44999/x"],
    ["/old/44999", null],
  ] as const) {
    expect((await fetchHost(server, "r97.sitepod.test", path)).headers.get("Location")).toBe(location);
  }
});
