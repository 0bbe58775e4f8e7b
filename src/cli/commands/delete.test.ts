import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";

const SITE = { id: "site_1", name: "shop", url: "https://shop.example.com" };
const DELETED = {
  ...SITE,
  deleted_at: "2026-01-30T12:00:00Z",
  deleted_by: "ann@example.org",
  restorable_until: "2026-02-06T11:00:00Z",
  releases: 3,
};

/** Runs a command against a server that has one site, in the bin or not. Returns what was asked, and what was written. */
async function run(argv: string[], isDeleted: boolean) {
  const asked: string[] = [];
  const answers: Record<string, object> = {
    "GET /projects/site_1": SITE,
    "GET /bin": { sites: isDeleted ? [DELETED] : [] },
    "GET /images": { total: 12 },
    "GET /previews": { previews: [{}, {}] },
    "GET /domains": {
      domains: [
        { type: "system", domain: "shop.example.com", slug: "/" },
        { type: "custom", domain: "example.org", slug: "/" },
        { type: "custom", domain: "example.net", slug: "/shop" },
      ],
    },
    "POST /bin/shop/restore": { message: "shop is back.", domains: [{ status: "taken" }] },
  };
  const { world, stdout, stderr } = makeWorld({
    answer: ({ method, url }) => {
      const { pathname, search } = new URL(url);
      const key = `${method} ${pathname.slice("/api/v1".length)}`;
      if (method !== "GET") asked.push(key + search);
      return Response.json(answers[key.replace("/projects/shop", "/projects/site_1")] ?? { message: "shop is gone." });
    },
  });
  const code = await runCli(argv, world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

test("what a site would lose is named before it goes into the bin, and how it comes back", async () => {
  const refused = await run(["delete", "shop"], false);
  expect([refused.code, refused.asked]).toEqual([2, []]);
  expect(refused.stderr).toContain(
    "Delete shop (https://shop.example.com)? It stops being served at once, with its 12 releases, 2 previews, example.org, " +
      "example.net/shop. For 7 days `sitepod restore shop` brings all back.",
  );
  expect(await run(["delete", "shop", "-y"], false)).toMatchObject({
    code: 0,
    asked: ["DELETE /projects/site_1"],
    stdout: "shop is gone.\n",
  });
});

test("--now says that there is no way back, and takes a site out of the bin or past it", async () => {
  expect((await run(["delete", "shop", "--now"], false)).stderr).toContain("There is no way back.");
  expect((await run(["delete", "shop", "--now", "-y"], false)).asked).toEqual([
    "DELETE /projects/site_1?for_good=true",
  ]);
  expect((await run(["delete", "shop", "--now"], true)).stderr).toContain(
    "Delete shop for good, with its 3 releases? There is no way back.",
  );
  expect((await run(["delete", "shop", "--now", "-y"], true)).asked).toEqual(["DELETE /bin/site_1"]);
});

test("the bin is listed with the days that are left, and a site restored from it, which tells of domains that are not", async () => {
  const { stdout } = await run(["list", "--deleted"], true);
  expect(stdout).toMatch(/shop +3 +.*ann@example\.org +6 days/);
  expect((await run(["list", "--deleted"], false)).stdout).toBe("No site was deleted in the last 7 days.\n");
  const restored = await run(["restore", "shop"], true);
  expect([restored.code, restored.asked, restored.stdout]).toEqual([0, ["POST /bin/shop/restore"], "shop is back.\n"]);
  expect(restored.stderr).toContain("Not all of its domains came back with it");
});
