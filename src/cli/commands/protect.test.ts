import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";

/** Runs `sitepod protect` and returns what the server was asked, with the exit code and what was written. */
async function protect(argv: string[], { stdin = "", password }: { stdin?: string; password?: string } = {}) {
  const asked: unknown[] = [];
  const input = new PassThrough();
  input.end(stdin);
  const { world, stdout, stderr } = makeWorld({
    stdin: input,
    env: { SITEPOD_ENDPOINT: "http://server.test", SITEPOD_TOKEN: "t", SITEPOD_SITE_PASSWORD: password },
    fetch: (async (url: string, { method, body }: RequestInit) => {
      asked.push([`${method} ${new URL(url).pathname.slice("/api/v1".length)}`, JSON.parse(String(body))]);
      const state = { environment: "prod", preview: null, url: "http://shop.test", is_protected: true };
      return Response.json({ ...state, has_password: true, expires_at: "" });
    }) as typeof fetch,
  });
  const code = await runCli(["protect", "-n", "shop", ...argv], world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

test.each([
  [["--password-stdin"], { password: "from stdin" }],
  [["--links-only"], {}],
  [["--off"], { password: null }],
])("%p tells the server %j", async (argv, told) => {
  const { code, asked } = await protect(argv, { stdin: "from stdin\nrest" });
  expect([code, asked]).toEqual([0, [["PUT /access", { project: "shop", environment: "prod", ...told }]]]);
});

test("the password is taken from the environment, for a preview too", async () => {
  const { asked } = await protect(["--preview", "menu"], { password: "from the environment" });
  expect(asked).toEqual([["PUT /access", { project: "shop", preview: "menu", password: "from the environment" }]]);
});

test("a link is the one thing on standard output", async () => {
  const { asked, stdout } = await protect(["--env", "beta", "--link", "7d"]);
  expect(asked).toEqual([["POST /access/link", { project: "shop", environment: "beta", expires_in: 604_800 }]]);
  expect(stdout).toBe("http://shop.test\n");
});

test.each([
  [["--off", "--link", "7d"], "--off and --link do not go together."],
  [["--links-only", "--password-stdin"], "--links-only and --password-stdin do not go together."],
  [["--link", "soon"], '"soon" is not a span of time.'],
  [[], "Nobody is there to be asked for the site's password."],
  [["--password-stdin"], "Standard input holds no password."],
])("%p is an error of usage, and nothing is asked", async (argv, message) => {
  const { code, asked, stderr } = await protect(argv);
  expect([code, asked]).toEqual([2, []]);
  expect(stderr).toContain(message);
});
