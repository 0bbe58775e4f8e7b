import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";

/** Deploys a project with this `sitepod.toml`, and returns the plan that was asked for. */
async function planOf(toml: string): Promise<Record<string, unknown>> {
  await using tree = await makeTree({ "sitepod.toml": toml, "index.html": "x" });
  await using home = await makeTree({});
  const plans: Promise<Record<string, unknown>>[] = [];
  const { world } = makeWorld({
    cwd: tree.folder,
    home: home.folder,
    answer: (request) => {
      const path = new URL(request.url).pathname;
      if (path.endsWith("/config")) return Response.json({ upload_mode: "direct" });
      if (path.endsWith("/plan")) plans.push(request.json() as Promise<Record<string, unknown>>);
      return path.endsWith("/plan")
        ? Response.json({ plan_id: "plan_1", upload_mode: "direct", reusable: 1, missing: [] })
        : Response.json({ version: "v1", image_id: "img_1", content_hash: "", url: "http://site.test" });
    },
  });
  expect(await runCli(["deploy"], world)).toBe(0);
  return plans[0]!;
}

const PROJECT = '[project]\nname = "site"\n[build]\ndirectory = "."\n';

test("what sitepod.toml says of serving is part of the plan", async () => {
  const { settings } = await planOf(`${PROJECT}[serve]\nhtml_handling = "none"\nrules_dialect = "cloudflare"\n`);
  expect(settings).toEqual({ html_handling: "none", rules_dialect: "cloudflare" });
});

test("defaults of serving are not sent, so that an older server accepts the plan", async () => {
  expect(await planOf(`${PROJECT}[serve]\nhtml_handling = "auto-trailing-slash"\n`)).not.toHaveProperty("settings");
});
