import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { listTree, writeTree } from "./file-tree.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { exchange, fetchHost } from "./tenant.ts";
import { waitUntil } from "./wait-until.ts";

test("a process ends with the block that started it, even if the block fails", async () => {
  let pid = 0;
  const block = async () => {
    await using folder = await temporaryFolder();
    await using running = startProcess(["sleep", "60"], { cwd: folder.path });
    pid = running.pid;
    throw new Error("the test fails");
  };
  await expect(block()).rejects.toThrow("the test fails");
  expect(() => process.kill(pid, 0)).toThrow();
});

test("what a process prints, and how it ends, can be waited for", async () => {
  await using folder = await temporaryFolder();
  await using running = startProcess(["sh", "-c", "echo ready; echo trouble >&2; exit 3"], { cwd: folder.path });
  const code = await waitUntil("the process ends", () => running.exitCode() ?? false);
  await running.end("SIGTERM");
  expect(code).toBe(3);
  expect(running.output()).toContain("ready");
  expect(running.output()).toContain("trouble");
});

test("a temporary folder is gone after its block", async () => {
  let path = "";
  {
    await using folder = await temporaryFolder();
    path = folder.path;
    await writeTree(path, { "index.html": "a", "css/a.css": "b" });
    expect(await listTree(path)).toEqual(["css/a.css", "index.html"]);
  }
  expect(existsSync(path)).toBe(false);
});

test("waiting in vain says what for", async () => {
  const waiting = waitUntil("pigs fly", () => false as const, { timeoutMs: 30, describe: () => "They sit." });
  await expect(waiting).rejects.toThrow("Waited 30 ms in vain until pigs fly. They sit.");
});

test("a host is reached by its name on this machine, and raw bytes arrive as they are", async () => {
  await using server = Bun.serve({
    port: 0,
    fetch: (request) => new Response(`${request.headers.get("host")} ${new URL(request.url).pathname}`),
  });
  const address = { port: server.port ?? 0 };
  expect(await (await fetchHost(address, "docs.sites.test", "/guide/")).text()).toBe("docs.sites.test /guide/");
  const answer = await exchange(address, "GET /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  expect(answer).toStartWith("HTTP/1.1 200 OK\r\n");
  expect(answer).toEndWith("a.test /x");
});
