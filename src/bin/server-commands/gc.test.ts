import { PassThrough, Writable } from "node:stream";
import { expect, test } from "bun:test";
import { runCli, type World } from "#cli";
import { SERVER_COMMANDS } from "../server-command-table.ts";

const TRIAL = {
  removed_releases: 3,
  referenced_blobs: 1,
  total_blobs: 9,
  deleted_blobs: 8,
  freed_bytes: 80,
  releases: [{ project: "shop", versions: ["v1", "v2", "v4"] }],
  errors: [],
};

/** Runs `sitepod server gc` at a terminal where somebody presses `key` when asked. */
async function collect(key: string, found = TRIAL) {
  const asked: string[] = [];
  let shown = "";
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const write = (chunk: Buffer, _: string, done: () => void) => {
    if (chunk.toString().includes("?")) setImmediate(() => stdin.write(key));
    shown += chunk.toString();
    done();
  };
  const world: World = {
    version: "1.2.3",
    env: { SITEPOD_ENDPOINT: "http://server.test", SITEPOD_ADMIN_TOKEN: "secret" },
    cwd: "/nowhere",
    home: "/nowhere",
    stdin,
    stdout: new Writable({ write: (_, __, done) => done() }),
    stderr: Object.assign(new Writable({ write }), { isTTY: true, columns: 300 }),
    fetch: (async (url: string, { method }: RequestInit) => {
      const { search } = new URL(url);
      asked.push(`${method} ${search}`);
      return Response.json({ ...found, dry_run: search !== "", collection: null });
    }) as typeof fetch,
    now: () => 0,
    random: () => 0,
    signal: new AbortController().signal,
  };
  return { code: await runCli(["server", "gc"], world, SERVER_COMMANDS), asked, shown };
}

test("names the releases that would go, and collects only where a person wants that", async () => {
  const refused = await collect("\r");
  expect([refused.code, refused.asked]).toEqual([130, ["POST ?dry_run=true"]]);
  expect(refused.shown).toMatch(/shop +v1, v2, v4/);
  expect(refused.shown).toContain("Remove 3 releases for good, with what nothing else has? There is no way back.");
  expect(await collect("y")).toMatchObject({ code: 0, asked: ["POST ?dry_run=true", "POST "] });
});

test("asks nothing where no release goes", async () => {
  expect(await collect("\r", { ...TRIAL, removed_releases: 0, releases: [] })).toMatchObject({ code: 0 });
});
