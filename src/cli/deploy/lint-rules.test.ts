import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";
import type { RuleWarnings } from "./lint-rules.ts";

const RULES = { "index.html": "x", _redirects: "/a /b\n/c\n", _headers: "/*\n  X-A: 1\n  Host: a\n" };

/** Runs a command on a site with faulty rules, against a server that answers a commit with these warnings. */
async function run(args: string[], warnings: RuleWarnings | undefined, files: Record<string, string> = RULES) {
  await using tree = await makeTree(files);
  await using home = await makeTree({});
  let beforePlan = "";
  const { world, stdout, stderr } = makeWorld({
    cwd: tree.folder,
    home: home.folder,
    answer: (request) => {
      const path = new URL(request.url).pathname.replace("/api/v1/", "");
      if (path === "plan") beforePlan = stderr.text;
      if (path === "config") return Response.json({ upload_mode: "direct" });
      if (path === "plan") return Response.json({ plan_id: "p", upload_mode: "direct", reusable: 1, missing: [] });
      const release = { version: "v1", image_id: "img_1", content_hash: "", url: "http://site.test" };
      return Response.json({
        ...release,
        previous_version: null,
        expires_at: "2030-01-01T00:00:00Z",
        ...(path === "commit" && { warnings }),
      });
    },
  });
  expect(await runCli(args, world)).toBe(0);
  return { stdout: stdout.text, stderr: beforePlan + stderr.text, beforePlan };
}

test("faults of the rules are told with file and line before anything is sent, and the deploy goes on", async () => {
  const { beforePlan } = await run(["deploy", ".", "-n", "site"], undefined);
  expect(beforePlan).toContain("_redirects:2: The target is missing");
  expect(beforePlan).toContain("_headers:3: Host is set by the server alone");
});

test("what only the server knows is told after the commit, and nothing twice", async () => {
  const { warnings: local } = JSON.parse((await run(["deploy", ".", "-n", "site", "--json"], undefined)).stdout);
  const more = { file: "_redirects", line: 1, message: "This server does not ask other servers." };
  const { stderr } = await run(["preview", ".", "-n", "site"], [...local, more]);
  expect(stderr.split("_redirects:2:")).toHaveLength(2);
  expect(stderr).toContain("_redirects:1: This server does not ask other servers.");
});

test.each(["deploy", "preview"])("%s --json holds the warnings", async (command) => {
  const warnings = [{ file: "_headers", line: 7, message: "Wrong." }];
  const { stdout } = await run([command, ".", "-n", "site", "--json"], warnings);
  expect(JSON.parse(stdout).warnings).toEqual(warnings);
});

test("many warnings are cut short", async () => {
  const files = { "index.html": "x", _redirects: "/broken\n".repeat(100) };
  const { stderr } = await run(["deploy", ".", "-n", "site"], [], files);
  expect(stderr).toContain("_redirects:20:");
  expect(stderr).not.toContain("_redirects:21:");
  expect(stderr).toContain("… and 80 more");
});
