import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";

/** A server whose beta serves v6 and that is asked for everything; Ctrl-C is pressed when `at` is asked for. */
async function deployInterruptedAt(at: string) {
  await using tree = await makeTree({ "index.html": "x" });
  await using home = await makeTree({});
  const asked: string[] = [];
  const pressed = new AbortController();
  const { world, stdout, stderr } = makeWorld({
    cwd: tree.folder,
    home: home.folder,
    signal: pressed.signal,
    answer: (request) => {
      const path = new URL(request.url).pathname.replace("/api/v1/", "");
      asked.push(path);
      if (path === at) {
        pressed.abort();
        throw new DOMException("The operation was aborted", "AbortError");
      }
      if (path === "current") return Response.json({ version: "v6" });
      if (path === "config") return Response.json({ upload_mode: "direct" });
      if (path === "commit") return Response.json({ version: "v7", image_id: "img_1", content_hash: "", url: "" });
      return Response.json({ plan_id: "plan_1", upload_mode: "direct", reusable: 1, missing: [] });
    },
  });
  const code = await runCli(["deploy", ".", "-n", "site"], world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

test("interrupted before the release, it tells that nothing was released and what is still served", async () => {
  const { code, asked, stdout, stderr } = await deployInterruptedAt("commit");
  expect(code).toBe(130);
  expect(asked).not.toContain("release");
  expect(stdout).toBe("");
  expect(stderr).toContain("✗ Interrupted. Nothing was released; beta still serves v6.\n");
});

test("interrupted during the release, it does not claim to know, and tells how to find out", async () => {
  const { code, stderr } = await deployInterruptedAt("release");
  expect(code).toBe(130);
  expect(stderr).toContain("✗ Interrupted while v7 was being released to beta.\n");
  expect(stderr).toContain("sitepod history --env beta");
});
