import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

/** The lines of the log: what is printed beside the greeting. */
const linesOf = (server: Server): Record<string, unknown>[] =>
  server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const ask = (server: Server, path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${server.url}/api/v1${path}`, { headers });

describe.each(process.platform === "linux" ? [1, 2] : [1])("a server with %d workers that logs JSON", (workers) => {
  const flags = ["--workers", `${workers}`, "--log-format", "json"];

  test("names a request that fails by the id that its answer has, in one line, without its token", async () => {
    await using server = await startServer({ flags: [...flags, "--trust-proxy", "127.0.0.1"] });
    const { token } = await register(server.url);
    await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "shop" }, "prod");
    await writeFile(join(server.data, "refs", "shop", "prod.json"), "{");
    const failed = await fetch(`${server.url}/api/v1/release`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "X-Forwarded-For": "203.0.113.7",
        "X-Request-Id": "from-the-proxy",
      },
      body: JSON.stringify({ project: "shop", environment: "prod", version: "v1" }),
    });
    expect([failed.status, failed.headers.get("X-Request-Id")]).toEqual([500, "from-the-proxy"]);
    expect(((await failed.json()) as Api.ErrorBody).message).toEndWith(
      "is damaged. Its administrator stops the server and runs sitepod server fsck --repair, best --from a backup. The server's log has the details under request from-the-proxy.",
    );
    const line = await waitUntil("it is logged", () =>
      linesOf(server).find(({ request_id }) => request_id === "from-the-proxy"),
    );
    expect(line).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: "error",
      message: expect.stringContaining("refs/shop/prod.json"),
      error: expect.any(String),
    });
    expect(server.output()).not.toContain(token);
  });

  test("gives each request to the API an id of its own, whatever a stranger calls it", async () => {
    await using server = await startServer({ flags });
    const answers = [
      await ask(server, "/health", { "X-Request-Id": "mine", "Sitepod-Request-Id": "mine" }),
      await ask(server, "/health", {}),
      await ask(server, "/made-up", {}),
      await callApi({ endpoint: server.url }, "GET", "/tokens"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 401]);
    const ids = answers.map(({ headers }) => headers.get("X-Request-Id"));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells which edge could not answer", async () => {
    await using server = await startServer({ flags });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    await client.deploy("torn", { "index.html": "torn" }, "prod");
    await client.release("torn", "beta");
    await writeFile(join(server.data, "refs", "torn", "beta.json"), "{");
    expect((await fetchHost(server, `torn-beta.${server.domain}`, "/")).status).toBe(503);
    const line = await waitUntil("it is logged", () =>
      linesOf(server).find(({ message }) => `${message}`.startsWith("Cannot answer GET http://torn-beta")),
    );
    expect(line.level).toBe("error");
    expect([1, 2, undefined]).toContain(line.edge as number | undefined);
    expect(line.edge === undefined).toBe(workers === 1);
  });
});

test("another format than text and json is refused", async () => {
  const refused = startServer({ flags: ["--log-format", "xml"] });
  await expect(refused).rejects.toThrow('--log-format is "xml" and must be text or json');
});
