import { PassThrough, Writable } from "node:stream";
import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";

const HOUR_MS = 60 * 60 * 1000;
const item = (version: number) => ({
  version: `v${version}`,
  content_hash: "0".repeat(64),
  created_at: new Date(version * HOUR_MS).toISOString(),
  removed_at: null,
});
const ANSWERS: Readonly<Record<string, object>> = {
  "/history": { items: [5, 4, 3, 2, 1].map(item) },
  "/projects/shop/retention": { keep_releases: 2, keep_days: null, is_default: false },
  "/workspaces": { workspaces: [{ id: "ws_1", name: "Team", is_own: true }] },
  "/workspaces/ws_1/invitations": { invitations: [{ id: "inv_1", email: "bob@example.org" }] },
  "/tokens": { tokens: [{ id: "tok_1", name: "ci", prefix: "sitepod_ab" }] },
  "/bin": { sites: [{ name: "lately" }] },
};

/** Runs a command at a terminal where somebody presses `key` at each question. */
async function atTerminal(argv: string[], key: string, env?: Record<string, string>) {
  const changed: string[] = [];
  let shown = "";
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const write = (chunk: Buffer, _: string, done: () => void) => {
    const isAsked = chunk.toString().includes("?");
    shown += chunk.toString();
    if (isAsked) setImmediate(() => stdin.write(key));
    done();
  };
  const { world } = makeWorld({
    stdin,
    stderr: Object.assign(new Writable({ write }), { isTTY: true, columns: 300 }),
    ...(env && { env: { ...env, SITEPOD_ENDPOINT: "http://server.test", SITEPOD_TOKEN: "sitepod_test" } }),
    answer: ({ method, url, headers }) => {
      const path = new URL(url).pathname.slice("/api/v1".length);
      if (method !== "GET") changed.push(`${method} ${path}`);
      if (path === "/bin" && headers.get("x-sitepod-workspace") !== "ws_1") return Response.json({ sites: [] });
      return Response.json(ANSWERS[path] ?? { message: "Done.", url: "http://shop.test" });
    },
  });
  const code = await runCli(argv, world);
  return { code, changed, shown };
}

/** Commands, what each tells before it does something, and what that is. */
const LOSSES: readonly (readonly [argv: string[], told: string, change: string])[] = [
  [
    ["retention", "-n", "shop", "--keep", "2"],
    "3 releases (v1 to v3) of shop removed for good",
    "PUT /projects/shop/retention",
  ],
  [["protect", "-n", "shop", "--off"], "Its password and the links to it are gone for good.", "PUT /access"],
  [
    ["member", "uninvite", "bob@example.org"],
    "Its link opens nothing any more",
    "DELETE /workspaces/ws_1/invitations/inv_1",
  ],
  [["domain", "remove", "a.example.com"], "adding it again takes a new TXT record", "DELETE /domains/a.example.com"],
  [["token", "revoke", "ci"], "There is no way back: make a new one.", "DELETE /tokens/tok_1"],
];

test.each(LOSSES)(
  "%p tells a person what is lost, and does it only where that is wanted",
  async (argv, told, change) => {
    const refused = await atTerminal(argv, "\r");
    expect([refused.code, refused.changed]).toEqual([130, []]);
    expect(refused.shown).toContain(told);
    expect(await atTerminal(argv, "y")).toMatchObject({ code: 0, changed: [change] });
  },
);

test("retention asks nothing where nothing goes", async () => {
  const { code, shown } = await atTerminal(["retention", "-n", "shop", "--keep", "5"], "\r");
  expect(code).toBe(0);
  expect(shown).not.toContain("?");
});

test("a workspace is named with what is in its bin before it is deleted, whichever is in use", async () => {
  for (const env of [{}, { SITEPOD_WORKSPACE: "ws_0000000000000002" }]) {
    const { shown } = await atTerminal(["workspace", "delete", "Team"], "\x03", env);
    expect(shown).toContain("the sites in its bin (lately)? There is no way back.");
  }
});
