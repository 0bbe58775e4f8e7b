import { expect, test } from "bun:test";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";

/** Runs `sitepod retention` and returns what the server was asked, with the exit code and what was written. */
async function retention(argv: string[], kept: object = {}) {
  const asked: string[] = [];
  const rules = { keep_releases: null, keep_days: null, is_default: false, ...kept };
  const { world, stdout, stderr } = makeWorld({
    fetch: (async (url: string, { method, body }: RequestInit) => {
      asked.push(`${method} ${new URL(url).pathname.slice("/api/v1".length)} ${body ?? ""}`.trim());
      return Response.json(method === "GET" ? { retention: rules } : rules);
    }) as typeof fetch,
  });
  const code = await runCli(["retention", "-n", "shop", ...argv], world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

test.each([
  [[], {}, "shop keeps all releases.\n"],
  [[], { is_default: true }, "shop keeps all releases, as the server says.\n"],
  [[], { keep_releases: 1 }, "shop keeps the newest release.\n"],
  [[], { keep_releases: 20, keep_days: 1 }, "shop keeps the 20 newest releases and those of the last 1 day.\n"],
])("%p shows %j", async (argv, kept, shown) => {
  expect(await retention(argv, kept)).toMatchObject({ code: 0, asked: ["GET /projects/shop"], stdout: shown });
});

test.each([
  [["--keep", "20", "--days", "30"], 'PUT /projects/shop/retention {"keep_releases":20,"keep_days":30}'],
  [["--keep", "20"], 'PUT /projects/shop/retention {"keep_releases":20,"keep_days":null}'],
  [["--all"], 'PUT /projects/shop/retention {"keep_releases":null,"keep_days":null}'],
  [["--default"], "DELETE /projects/shop/retention"],
])("%p tells the server", async (argv, told) => {
  expect(await retention(argv)).toMatchObject({ code: 0, asked: [told] });
});

test.each([
  [["--all", "--keep", "3"], "--keep and --all do not go together."],
  [["--default", "--days", "3"], "--days and --default do not go together."],
  [["--keep", "0"], '"0" is not a whole number between 1 and 100000.'],
])("%p is an error of usage, and nothing is asked", async (argv, message) => {
  const { code, asked, stderr } = await retention(argv);
  expect([code, asked]).toEqual([2, []]);
  expect(stderr).toContain(message);
});
