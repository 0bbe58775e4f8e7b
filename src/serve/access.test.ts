import { beforeEach, describe, expect, test } from "bun:test";
import type { Access } from "#model";
import { environmentPointer, formatAccessToken, previewPointer, releasesPointer } from "#routing";
import { ATTEMPTS_PER_ADDRESS } from "./access-attempts.ts";
import { createWorld, DOMAIN, type World } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;
const access: Access = { password_hash: "$argon2id$open sesame", secret: "0a".repeat(32) };
const other: Access = { password_hash: "$argon2id$other", secret: "0b".repeat(32) };
const FILES = { "index.html": "front", "a.html": "page", "film.bin": "x".repeat(100_000), "404.html": "gone" };

let world: World;
let manifest: ReturnType<World["store"]>;

beforeEach(() => {
  world = createWorld();
  manifest = world.store(FILES);
  world.point("docs", "prod", manifest);
  world.protect("docs", "prod", access);
});

function logIn(url: string, password: string, headers: Record<string, string> = {}): Promise<Response> {
  const form = { "Content-Type": "application/x-www-form-urlencoded", Host: new URL(url).host, ...headers };
  const body = new URLSearchParams({ password }).toString();
  return Promise.resolve(world.edge.fetch(new Request(url, { method: "POST", headers: form, body })));
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

const linkTo = (pointer: string, lifeS: number, { secret } = access): string =>
  `sitepod_access=${formatAccessToken("link", { pointer, secret }, Math.floor(world.nowMs / 1000) + lifeS)}`;

/** All that the answers to a page, a folder, a redirect, a 404, a range and a condition could tell apart. */
const requests: [method: string, path: string, headers: Record<string, string>][] = [
  ["GET", "/", {}],
  ["GET", "/a", {}],
  ["GET", "/a.html", {}],
  ["GET", "/nothing/here", {}],
  ["GET", "/assets/index-DiwrgTda.js", {}],
  ["GET", "/film.bin", { Range: "bytes=0-1" }],
  ["GET", "/film.bin", { Range: "bytes=9999999-" }],
  ["GET", "/", { "If-None-Match": "*" }],
  ["GET", "/", { "If-Match": '"x"' }],
  ["GET", "/__preview__/menu/", {}],
  ["GET", "/_redirects", {}],
  ["GET", "/%", {}],
  ["GET", "/%00", {}],
  ["GET", "//evil.test/", {}],
  ["PUT", "/", {}],
  ["DELETE", "/a", {}],
  ["OPTIONS", "/", { Origin: "https://evil.test", "Access-Control-Request-Method": "GET" }],
  ["POST", "/", { "Content-Type": "application/x-www-form-urlencoded" }],
];

describe("without a session", () => {
  test("every request is answered alike, and nothing of the site is read", async () => {
    const answers = new Set<string>();
    for (const [method, path, headers] of requests) {
      const response = await world.get(`${SITE}${path}`, headers, method);
      const all = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      answers.add([response.status, ...all, await response.text()].join("\n"));
    }
    expect([...answers]).toHaveLength(1);
    const [answer = ""] = answers;
    expect(answer).toStartWith("401\n");
    expect(answer).toContain("cache-control: no-store");
    expect(answer).not.toMatch(/etag|last-modified|accept-ranges|front|gone/i);
    expect(world.reads).not.toContain("blob");
  });

  test("HEAD is answered as GET is, without a body", async () => {
    const response = await world.get(`${SITE}/a`, {}, "HEAD");
    expect([response.status, await response.text()]).toEqual([401, ""]);
  });

  test("what is already in memory is not given either", async () => {
    world.protect("docs", "prod", undefined);
    world.edge.forget("refs/docs/prod.json");
    expect((await world.get(`${SITE}/a`)).status).toBe(200);
    world.protect("docs", "prod", access);
    world.edge.forget("refs/docs/prod.json");
    expect((await world.get(`${SITE}/a`)).status).toBe(401);
  });

  test.each([
    ["none of ours", () => "session=1; sitepod=2"],
    ["an empty one", (name: string) => `${name}=`],
    ["one of this name that nobody signed", (name: string) => `${name}=2999999999.${"A".repeat(43)}`],
    ["a link's token", (name: string) => `${name}=${linkTo("docs prod", 60).split("=")[1]}`],
    [
      "one of another environment",
      (name: string) =>
        `${name}=${formatAccessToken("cookie", { pointer: environmentPointer("docs", "beta"), secret: access.secret }, 3e9)}`,
    ],
    [
      "one of before the password was changed",
      (name: string) =>
        `${name}=${formatAccessToken("cookie", { pointer: environmentPointer("docs", "prod"), secret: other.secret }, 3e9)}`,
    ],
  ])("a cookie is no session: %s", async (_, make) => {
    const name = cookieOf(await logIn(`${SITE}/?sitepod_access=password`, "open sesame")).split("=")[0]!;
    expect((await world.get(`${SITE}/`, { Cookie: make(name) })).status).toBe(401);
  });
});

describe("the password", () => {
  test("opens the site, and leads back to where the visitor wanted to go", async () => {
    const response = await logIn(`${SITE}/a?x=1&sitepod_access=password&y=%20`, "open sesame");
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/a?x=1&y=%20");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const page = await world.get(`${SITE}/a`, { Cookie: `theirs=1; ${cookieOf(response)}` });
    expect([page.status, await page.text()]).toEqual([200, "page"]);
  });

  test("sets a cookie for this host alone that scripts cannot read", async () => {
    const plain = await logIn(`${SITE}/?sitepod_access=password`, "open sesame");
    expect(plain.headers.get("set-cookie")).toMatch(
      /^sitepod-access-[0-9a-f]{12}=[0-9]+\.[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
    );
    const secure = await logIn(`https://docs.${DOMAIN}/?sitepod_access=password`, "open sesame");
    expect(secure.headers.get("set-cookie")).toMatch(/^__Host-sitepod-access-.*; HttpOnly; SameSite=Lax; Secure$/);
  });

  test("is asked for again when the session has ended, or the password was changed", async () => {
    const cookie = cookieOf(await logIn(`${SITE}/?sitepod_access=password`, "open sesame"));
    expect((await world.get(`${SITE}/`, { Cookie: cookie })).status).toBe(200);
    world.protect("docs", "prod", other);
    world.edge.forget("refs/docs/prod.json");
    expect((await world.get(`${SITE}/`, { Cookie: cookie })).status).toBe(401);
    world.protect("docs", "prod", access);
    world.edge.forget("refs/docs/prod.json");
    expect((await world.get(`${SITE}/`, { Cookie: cookie })).status).toBe(200);
    world.nowMs += 7 * 24 * 60 * 60 * 1000;
    expect((await world.get(`${SITE}/`, { Cookie: cookie })).status).toBe(401);
  });

  test("that is wrong opens nothing", async () => {
    const response = await logIn(`${SITE}/a?sitepod_access=password`, "open");
    expect(response.status).toBe(401);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(await response.text()).toContain("That is not the password.");
  });

  test("is not checked where another site's page sent the form", async () => {
    const url = `${SITE}/?sitepod_access=password`;
    const foreign: Record<string, string>[] = [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: "http://evil.test" },
      { Origin: `http://shop.${DOMAIN}` },
      { Origin: "null" },
    ];
    for (const headers of foreign) expect((await logIn(url, "open sesame", headers)).status).toBe(403);
    expect(world.reads).not.toContain("password");
    for (const headers of [{ Origin: SITE }, { "Sec-Fetch-Site": "same-origin" }] as Record<string, string>[]) {
      expect((await logIn(url, "open sesame", headers)).status).toBe(303);
    }
  });

  test("is not looked for in a large body, or in one that is no form", async () => {
    expect((await logIn(`${SITE}/?sitepod_access=password`, "open sesame".padEnd(5000))).status).toBe(401);
    const json = { "Content-Type": "application/json" };
    expect((await logIn(`${SITE}/?sitepod_access=password`, "open sesame", json)).status).toBe(401);
    expect(world.reads).not.toContain("password");
  });

  test("never leads to another host", async () => {
    const response = await logIn(`${SITE}//evil.test/?sitepod_access=password`, "open sesame");
    expect(response.headers.get("location")).toBe("/");
  });

  test("is tried by one address, and for one site, so often and no more", async () => {
    const tries = async (address: string, count: number) => {
      const statuses: number[] = [];
      for (let i = 0; i < count; i++) {
        statuses.push((await logIn(`${SITE}/?sitepod_access=password`, "no", { "X-Test-Address": address })).status);
      }
      return statuses;
    };
    expect(new Set(await tries("192.0.2.1", ATTEMPTS_PER_ADDRESS))).toEqual(new Set([401]));
    const refused = await logIn(`${SITE}/?sitepod_access=password`, "open sesame", { "X-Test-Address": "192.0.2.1" });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    await tries("192.0.2.2", ATTEMPTS_PER_ADDRESS);
    expect(new Set(await tries("192.0.2.3", ATTEMPTS_PER_ADDRESS))).toEqual(new Set([401]));
    expect(await tries("192.0.2.4", 1)).toEqual([429]);
    world.nowMs += 60_000;
    expect(await tries("192.0.2.1", 1)).toEqual([401]);
  });
});

describe("a signed link", () => {
  test("opens the site and leads to the clean address, with a session no longer than its own life", async () => {
    const response = await world.get(`${SITE}/a?x=1&${linkTo("docs prod", 3600)}`);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/a?x=1"]);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("set-cookie")).toContain("Max-Age=3600;");
    expect((await world.get(`${SITE}/a`, { Cookie: cookieOf(response) })).status).toBe(200);
  });

  test("that has expired, or is another pointer's, opens nothing", async () => {
    for (const link of [linkTo("docs prod", -1), linkTo("docs beta", 60), linkTo("docs prod", 60, other)]) {
      const response = await world.get(`${SITE}/a?${link}`);
      expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
      expect(await response.text()).toContain("This link has expired");
    }
  });

  test("is the only way in where there is no password", async () => {
    world.protect("docs", "prod", { secret: access.secret });
    world.edge.forget("refs/docs/prod.json");
    const page = await world.get(`${SITE}/`);
    expect([page.status, (await page.text()).includes("<form")]).toEqual([401, false]);
    expect((await logIn(`${SITE}/?sitepod_access=password`, "")).status).toBe(401);
    expect((await world.get(`${SITE}/?${linkTo("docs prod", 60)}`)).status).toBe(303);
  });
});

describe("with a session", () => {
  test("everything is served as ever, but for the browser's own cache alone", async () => {
    const cookie = cookieOf(await logIn(`${SITE}/?sitepod_access=password`, "open sesame"));
    const statuses: number[] = [];
    for (const [method, path, headers] of requests.slice(0, 9)) {
      const response = await world.get(`${SITE}${path}`, { ...headers, Cookie: cookie }, method);
      expect(response.headers.get("cache-control")).toStartWith("private");
      expect(response.headers.get("cache-control")).not.toContain("public");
      statuses.push(response.status);
    }
    expect(statuses).toContain(206);
    expect(statuses).toContain(304);
    expect(statuses).toContain(404);
  });

  test("others are served what is open as ever", async () => {
    world.point("shop", "prod", manifest);
    const response = await world.get(`http://shop.${DOMAIN}/`);
    expect([response.status, response.headers.get("cache-control")]).toEqual([
      200,
      "public, max-age=0, must-revalidate",
    ]);
  });
});

describe("a preview or a permanent address", () => {
  test("of a protected preview asks for its own password", async () => {
    const times = { created_at: "", expires_at: "2031-01-01T00:00:00Z" };
    world.previews.set("docs menu", { site: "docs", slug: "menu", release: 1, image: "", manifest, ...times, access });
    const url = `http://docs--menu.${DOMAIN}/`;
    expect((await world.get(url)).status).toBe(401);
    expect((await world.get(`${url}?${linkTo("docs prod", 60)}`)).status).toBe(401);
    expect((await world.get(`${url}?${linkTo(previewPointer("docs", "menu"), 60)}`)).status).toBe(303);
  });

  test("of a release asks for what the site's claim says, and answers nothing without a claim", async () => {
    const record = { site: "docs", site_id: "1", workspace_id: "1", image: "", created_at: "", created_by: "" };
    const release = { ...record, version: 3, manifest, files_count: 1, total_size: 2, trigger: "cli" } as const;
    world.releases.set("docs 3", release);
    const url = `http://docs--v3.${DOMAIN}/`;
    expect((await world.get(url)).status).toBe(404);
    const claim = { label: "docs", site: "docs", site_id: "1", workspace_id: "1", created_at: "", access };
    world.claims.set("docs", claim);
    world.edge.forget("sites/docs.json");
    expect((await world.get(url)).status).toBe(401);
    expect((await world.get(`${url}?${linkTo(releasesPointer("docs"), 60)}`)).status).toBe(303);
  });

  test("of a custom domain is protected as the site is, below a path too", async () => {
    world.mount("example.com", { path: "/", label: "docs", environment: "prod" });
    world.mount("example.org", { path: "/docs", label: "docs", environment: "prod" });
    expect((await world.get("http://example.com/a")).status).toBe(401);
    expect((await world.get("http://example.org/docs/a")).status).toBe(401);
    const response = await logIn("http://example.org/docs/a?sitepod_access=password", "open sesame");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/docs/a"]);
    const page = await world.get("http://example.org/docs/a", { Cookie: cookieOf(response) });
    expect([page.status, await page.text()]).toEqual([200, "page"]);
    expect(page.headers.get("cache-control")).toStartWith("private");
  });
});
