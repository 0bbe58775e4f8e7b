import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Api } from "#wire";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
afterAll(() => world[Symbol.asyncDispose]());

const PAGE = { "index.html": "a".repeat(1000) };

test("what a workspace has released is told site by site, beside what each has released, to who sees the site", async () => {
  const { workspaces } = (await world.call("ann", "GET", "/workspaces")).body as Api.WorkspaceList;
  const usage = async (who: string): Promise<Api.WorkspaceUsage> =>
    (await world.call(who, "GET", `/workspaces/${workspaces[0]!.id}/usage`)).body;
  await world.deploy("ann", "shop", PAGE);
  await world.deploy("ann", "shop", { ...PAGE, "more.txt": "m".repeat(10) });
  await world.deploy("ann", "blog", PAGE);
  expect(await usage("ann")).toEqual({
    sites: [
      { project: "blog", is_deleted: false, releases: 1, released_size: 1000, sent_size: 0 },
      { project: "shop", is_deleted: false, releases: 2, released_size: 2010, sent_size: 1010 },
    ],
  });
  const invitation = { role: null, sites: [{ project: "blog", role: "viewer" }] };
  const { url } = (await world.call("ann", "POST", `/workspaces/${workspaces[0]!.id}/invitations`, invitation)).body;
  await world.call("bob", "POST", "/invitations/accept", { invitation: url.split("#")[1] });
  expect((await usage("bob")).sites.map(({ project }) => project)).toEqual(["blog"]);
  await world.call("ann", "DELETE", "/projects/shop");
  expect((await usage("ann")).sites[1]).toMatchObject({ project: "shop", is_deleted: true, released_size: 2010 });
});
