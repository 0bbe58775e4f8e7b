import { describe, expect, test } from "bun:test";
import { runCli } from "./mod.ts";
import { makeWorld } from "./test-world.ts";

const WORKSPACE = { id: "ws_0000000000000001", name: "Bakery", role: "owner", is_own: true, created_at: "2026-01-01" };
const webhook = (id: string, url: string) => ({
  id,
  url,
  format: "json",
  events: ["*"],
  project: null,
  is_enabled: false,
  disabled_reason: "It answered 410: \x1b[2Jnobody",
  is_signed: true,
  old_secret_until: null,
  failing_since: null,
  created_by: null,
  created_at: "2026-01-01",
});
const WEBHOOKS = [
  webhook("wh_1", "https://a.example/"),
  webhook("wh_2", "https://b.example/"),
  webhook("wh_3", "https://b.example/"),
];
const delivery = (state: string) => ({
  id: "msg_1",
  event: "webhook.test",
  state,
  created_at: "2026-01-01T00:00:00.000Z",
  attempts: 1,
  next_at: null,
  attempted_at: "2026-01-01T00:00:00.000Z",
  duration_ms: 12,
  status: 500,
  fault: "It answers 500.",
  request: "{}",
  answer: "<b>\x1b]0;title\x07</b>",
});
const PATH = `/workspaces/${WORKSPACE.id}/webhooks`;

/** Runs a command, and returns with what it wrote and how it ended what the server was asked that is no list. */
async function run(argv: string[], answers: Record<string, object> = {}, env: Record<string, string> = {}) {
  const asked: { what: string; body: unknown }[] = [];
  const { world, stdout, stderr } = makeWorld({
    env: { SITEPOD_ENDPOINT: "http://server.test", SITEPOD_TOKEN: "sitepod_test", ...env },
    fetch: (async (url: string, init: RequestInit) => {
      const { pathname, search } = new URL(url);
      const what = `${init.method} ${(pathname + search).slice("/api/v1".length)}`;
      if (what === "GET /workspaces") return Response.json({ workspaces: [WORKSPACE] });
      if (what === `GET ${PATH}`) return Response.json({ webhooks: WEBHOOKS });
      asked.push({ what, body: init.body ? JSON.parse(String(init.body)) : undefined });
      return Response.json(answers[what] ?? {});
    }) as typeof fetch,
  });
  const code = await runCli(["webhook", ...argv], world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

describe("a new webhook", () => {
  const made = { [`POST ${PATH}`]: { ...WEBHOOKS[0], secret: "whsec_x" } };

  test("prints its secret alone", async () => {
    const argv = ["add", "https://a.example/", "--event", "deploy.failed", "domain.lost", "-n", "shop"];
    const { asked, stdout } = await run(argv, made);
    const body = {
      url: "https://a.example/",
      format: "json",
      events: ["deploy.failed", "domain.lost"],
      project: "shop",
    };
    expect(asked).toEqual([{ what: `POST ${PATH}`, body }]);
    expect(stdout).toBe("whsec_x\n");
  });

  test("is told by variables what must not stand on a command line", async () => {
    const env = { SITEPOD_WEBHOOK_URL: "https://open.feishu.cn/secret", SITEPOD_WEBHOOK_SECRET: "key" };
    const chat = { [`POST ${PATH}`]: { ...WEBHOOKS[0], secret: null } };
    const { asked, stdout } = await run(["add", "--format", "feishu"], chat, env);
    expect(asked[0]!.body).toEqual({ url: env.SITEPOD_WEBHOOK_URL, format: "feishu", secret: "key" });
    expect(stdout).toBe("wh_1\n");
    expect((await run(["add", "--format", "slack"], chat, env)).asked[0]!.body).not.toHaveProperty("secret");
    expect(await run(["add"])).toMatchObject({ code: 2, asked: [] });
  });
});

describe("a secret that is replaced", () => {
  const path = `POST ${PATH}/wh_1/secret`;
  const rotated = { ...WEBHOOKS[0], secret: "whsec_y", old_secret_until: "2026-01-02T00:00:00.000Z" };

  test("prints the new one alone, and says until when the one before is good", async () => {
    const { asked, stdout, stderr } = await run(["rotate-secret", "wh_1"], { [path]: rotated });
    expect(asked).toEqual([{ what: path, body: {} }]);
    expect([stdout, stderr]).toEqual(["whsec_y\n", expect.stringContaining("until 2026-01-02T00:00:00.000Z")]);
    const atOnce = await run(["rotate-secret", "wh_1", "--old-for", "0"], {
      [path]: { ...rotated, old_secret_until: null },
    });
    expect(atOnce.asked).toEqual([{ what: path, body: { old_expires_in: 0 } }]);
    expect(atOnce.stderr).toContain("good no longer");
  });

  test("is none that a receiver of one's own is given by a variable", async () => {
    const env = { SITEPOD_WEBHOOK_SECRET: "key" };
    expect((await run(["rotate-secret", "wh_1"], { [path]: rotated }, env)).asked).toEqual([{ what: path, body: {} }]);
  });
});

describe("a webhook", () => {
  test("is named by its id, or by its URL where that is one webhook's", async () => {
    for (const name of ["wh_1", "https://a.example/"]) {
      const { asked } = await run(["change", name, "--on", "--all-sites"]);
      expect(asked).toEqual([{ what: `PUT ${PATH}/wh_1`, body: { is_enabled: true, project: null } }]);
    }
    const twins = await run(["change", "https://b.example/", "--off"]);
    expect([twins.code, twins.stderr]).toEqual([2, expect.stringContaining("wh_2, wh_3")]);
    expect((await run(["change", "wh_9", "--off"])).code).toBe(4);
  });

  test.each([[], ["--on", "--off"], ["-n", "a", "--all-sites"]])("is not changed by %p", async (...options) => {
    const given = options.filter((word) => typeof word === "string");
    expect(await run(["change", "wh_1", ...given])).toMatchObject({ code: 2, asked: [] });
  });

  test("is removed once that is confirmed", async () => {
    expect((await run(["remove", "wh_1"])).asked).toEqual([]);
    expect((await run(["remove", "wh_1", "--yes"])).asked).toMatchObject([{ what: `DELETE ${PATH}/wh_1` }]);
  });

  test("is listed with why it is off, which does nothing to the terminal", async () => {
    expect((await run(["list"])).stdout).toContain("off: It answered 410: \\u{1b}[2Jnobody");
  });
});

describe("what was sent", () => {
  test("ends the command as it ended, and its answer does nothing to the terminal", async () => {
    const failed = await run(["test", "wh_1"], { [`POST ${PATH}/wh_1/test`]: delivery("failed") });
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining("<b>\\u{1b}]0;title\\u{7}</b>")]);
    const path = `POST ${PATH}/wh_1/deliveries/msg_1/redeliver`;
    expect((await run(["redeliver", "wh_1", "msg_1"], { [path]: delivery("delivered") })).code).toBe(0);
  });

  test("is listed, or shown one by one", async () => {
    const list = `GET ${PATH}/wh_1/deliveries?limit=20&state=failed`;
    const listed = await run(["deliveries", "wh_1", "--state", "failed"], {
      [list]: { deliveries: [delivery("failed")] },
    });
    expect(listed.stdout).toMatch(/webhook\.test +msg_1 +failed +1 +500 in 12 ms/);
    const shown = await run(["deliveries", "wh_1", "msg_1"], {
      [`GET ${PATH}/wh_1/deliveries/msg_1`]: delivery("failed"),
    });
    expect(shown.stdout).toContain("It answers 500.");
  });
});
