import { PassThrough, Writable } from "node:stream";
import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";

const LOGIN = { token: "sitepod_new", user_id: "u1", email: "ada@example.org", created: false, message: "Logged in." };
const CODE = {
  device_code: "secret",
  user_code: "ABCDEFGH",
  verification_uri: "http://server.test/device",
  verification_uri_complete: "http://server.test/device?user_code=ABCDEFGH",
  expires_in: 60,
  interval: 0,
};

/** Somebody at a terminal, whose server answers by path. Lists what it was asked. */
async function atTerminal(answers: Readonly<Record<string, () => Response>>) {
  const tree = await makeTree({});
  const asked: string[] = [];
  const terminal = Object.assign(new Writable({ write: (_, __, done) => done() }), { isTTY: true, columns: 80 });
  const { world } = makeWorld({
    env: { SITEPOD_ENDPOINT: "http://server.test" },
    home: tree.folder,
    cwd: tree.folder,
    stdin: Object.assign(new PassThrough(), { isTTY: true }),
    stderr: terminal,
    answer: (request) => {
      const path = new URL(request.url).pathname.replace("/api/v1", "");
      asked.push(path);
      return answers[path]?.() ?? Response.json({ error: "not_found", message: "There is none." }, { status: 404 });
    },
  });
  return { ...tree, world, asked, config: () => Bun.file(`${tree.folder}/.sitepod/config.toml`).text() };
}

const config = (signUp: string, device: boolean) => () =>
  Response.json({ sign_up: signUp, sign_in: { device, passkeys: false, password_mail: false, provider: null } });

test("at a terminal it waits to be let in by a browser, and keeps the token", async () => {
  const pending = [400, 400, 200];
  await using shell = await atTerminal({
    "/config": config("closed", true),
    "/auth/device": () => Response.json(CODE),
    "/auth/device/token": () => {
      const status = pending.shift();
      const refusal = { error: "authorization_pending", message: "Not yet." };
      return status === 200 ? Response.json(LOGIN) : Response.json(refusal, { status: 400 });
    },
  });
  expect(await runCli(["login"], shell.world)).toBe(0);
  expect(shell.asked).toEqual(["/config", "/auth/device", ...Array.from({ length: 3 }, () => "/auth/device/token")]);
  expect(await shell.config()).toContain("sitepod_new");
});

test("a password is sent where an account is named, and the browser is left alone", async () => {
  await using shell = await atTerminal({
    "/config": config("closed", true),
    "/auth/login": () => Response.json(LOGIN),
  });
  const world = { ...shell.world, env: { ...shell.world.env, SITEPOD_PASSWORD: "correct horse" } };
  expect(await runCli(["login", "--email", "ada@example.org"], world)).toBe(0);
  expect(shell.asked).toEqual(["/config", "/auth/login"]);
});

test("log-out revokes the token on the server, and is content where that knows it no longer", async () => {
  for (const status of [200, 401]) {
    await using shell = await atTerminal({
      "/auth/logout": () => Response.json({ error: "unauthorized", message: "Logged out." }, { status }),
    });
    await Bun.write(`${shell.folder}/.sitepod/config.toml`, LOGGED_IN);
    expect(await runCli(["logout"], shell.world)).toBe(0);
    expect(shell.asked).toEqual(["/auth/logout"]);
    expect(await shell.config()).not.toContain("sitepod_old");
  }
});

test("log-out forgets a token that it cannot revoke, and says so by its exit code", async () => {
  await using shell = await atTerminal({
    "/auth/logout": () => Response.json({ error: "internal", message: "Broken." }, { status: 500 }),
  });
  await Bun.write(`${shell.folder}/.sitepod/config.toml`, LOGGED_IN);
  expect(await runCli(["logout"], shell.world)).toBe(1);
  expect(await shell.config()).not.toContain("sitepod_old");
});

const LOGGED_IN = '[server]\nendpoint = "http://server.test"\n\n[auth]\ntoken = "sitepod_old"\n';
