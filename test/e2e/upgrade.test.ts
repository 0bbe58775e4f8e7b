import { Database as SqliteFile } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { controlPlanesAreMissing, startControlPlanes, stopObjectStore } from "../harness/control-planes.ts";
import { ApiRefusal, deployClient } from "../harness/deploy-client.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { makeNewerVersion, NEXT_MIGRATION } from "../harness/newer-version.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

const reason = controlPlanesAreMissing === undefined ? "" : ` (skipped: ${controlPlanesAreMissing})`;
const page = (name: string) => ({ "index.html": name });
const shown = async (server: Server) => await (await fetchHost(server, `shop.${server.domain}`, "/")).text();

afterAll(stopObjectStore);

describe.skipIf(process.platform === "win32")("a server that is upgraded (not on Windows)", () => {
  test("brings its database up to date, keeps it as it was, and goes back with that", async () => {
    await using newer = await makeNewerVersion();
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    const first = await startServer({ data });
    const { token } = await register(first.url);
    await deployClient({ endpoint: first.url, token }).deploy("shop", page("one"), "prod");
    await first.stop();

    const second = await startServer({ data, program: newer.program });
    await deployClient({ endpoint: second.url, token }).deploy("shop", page("two"), "prod");
    await second.stop();

    {
      await using refused = await startServer({ data });
      expect(await shown(refused)).toBe("two");
      expect(refused.output()).toContain(`newer version of sitepod has changed the database (${NEXT_MIGRATION})`);
      const release = deployClient({ endpoint: refused.url, token }).release("shop", "prod");
      await expect(release).rejects.toMatchObject({ status: 503 });
    }

    const path = join(data, "db", "sitepod.db");
    await rename(`${path}.before-${NEXT_MIGRATION}`, path);
    await using back = await startServer({ data });
    const client = deployClient({ endpoint: back.url, token });
    // What was released since is read off the files.
    const { items } = await client.call<Api.History>("GET", "/history?project=shop");
    expect(items.map(({ version }) => version)).toEqual(["v2", "v1"]);
    await client.deploy("shop", page("three"), "prod");
    expect(await shown(back)).toBe("three");
    using file = new SqliteFile(path, { readonly: true });
    expect(file.query("select name from kysely_migration").all()).not.toContainEqual({ name: NEXT_MIGRATION });
  });
});

describe.skipIf(controlPlanesAreMissing !== undefined)(
  `servers on one PostgreSQL and one bucket that are upgraded one after the other${reason}`,
  () => {
    test("work side by side in two versions, and lose no deploy and no request of a visitor", async () => {
      await using newer = await makeNewerVersion();
      await using planes = await startControlPlanes();
      const ports = await findFreePorts(2);
      const servers = await Promise.all(ports.map((port) => planes.start({ port })));
      const { token } = await register(servers[0]!.url);
      const clients = servers.map(({ url }) => deployClient({ endpoint: url, token }));
      await clients[0]!.deploy("shop", page("one"), "prod");
      for (const server of servers) await waitUntil("it is served", async () => (await shown(server)) === "one");

      const end = new AbortController();
      const faults: string[] = [];
      const acknowledged = [0, 0];
      let leaving: number | undefined;
      // A load balancer sends nobody to the one that is being replaced.
      const work = async (number: number) => {
        while (!end.signal.aborted) {
          if (leaving === number) {
            await Bun.sleep(5);
            continue;
          }
          try {
            await clients[number]!.deploy(`site${number}`, page(`${acknowledged[number]}`), "prod");
            acknowledged[number]!++;
            if ((await shown(servers[number]!)) !== "one") faults.push("a visitor got another page");
          } catch (error) {
            const wasStopped = leaving === number && !(error instanceof ApiRefusal && error.status < 500);
            if (!wasStopped) faults.push(`${number}: ${String(error)}`);
          }
        }
      };
      const running = [work(0), work(1)];
      const more = async (number: number) => {
        const before = acknowledged[number]!;
        await waitUntil("deploys go on", () => acknowledged[number]! > before + 2 || faults.length > 0);
      };
      try {
        for (const number of [0, 1]) {
          leaving = number;
          await servers[number]!.stop();
          servers[number] = await planes.start({ port: ports[number]!, program: newer.program });
          leaving = undefined;
          // The first time, the other is of the version before.
          await Promise.all([more(0), more(1)]);
        }
      } finally {
        end.abort();
        await Promise.all(running);
      }
      expect(faults).toEqual([]);
      for (const number of [0, 1]) {
        const history = await clients[number]!.call<Api.History>("GET", `/history?project=site${number}&limit=500`);
        expect(history.items.length).toBeGreaterThanOrEqual(acknowledged[number]!);
      }

      // One of the version before that is started now serves, and does no more.
      await using late = await planes.start();
      expect(await shown(late)).toBe("one");
      expect(late.output()).toContain(`newer version of sitepod has changed the database (${NEXT_MIGRATION})`);
      const refused = deployClient({ endpoint: late.url, token }).release("shop", "prod");
      await expect(refused).rejects.toMatchObject({ status: 503 });
    });
  },
);
