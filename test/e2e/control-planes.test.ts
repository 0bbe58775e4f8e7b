import { afterAll, describe, expect, test } from "bun:test";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { controlPlanesAreMissing, startControlPlanes, stopObjectStore } from "../harness/control-planes.ts";
import { ApiRefusal, deployClient } from "../harness/deploy-client.ts";
import type { Server } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const MOVES = 40;
/** How soon a move is seen on the other servers: half of all moves, on a machine that does other things too. */
const HINT_LIMIT_MS = 100;
/** And always, also where nobody can tell them. */
const POLL_LIMIT_MS = 5500;
const reason = controlPlanesAreMissing === undefined ? "" : ` (skipped: ${controlPlanesAreMissing})`;

afterAll(stopObjectStore);

const page = (name: string) => ({ "index.html": `<h1>${name}</h1>`, "app.css": "body { margin: 0 }" });
const shown = async (server: Server, site: string) =>
  await (await fetchHost(server, `${site}.${server.domain}`, "/")).text();

describe.skipIf(controlPlanesAreMissing !== undefined)(
  `two control planes on one PostgreSQL and one bucket${reason}`,
  () => {
    test("are one server to people: sign in, deploy, release and roll back at either", async () => {
      await using planes = await startControlPlanes();
      const [a, b] = await Promise.all([planes.start(), planes.start()]);
      const { token, email, password } = await register(a.url);
      const second = await callApi({ endpoint: b.url }, "POST", "/auth/login", {
        email: "second@example.com",
        password,
        action: "register",
      });
      expect(second.status).toBe(403);
      const atA = deployClient({ endpoint: a.url, token });
      const atB = deployClient({ endpoint: b.url, token });

      await atA.deploy("shop", page("one"));
      expect(await atB.release("shop", "prod")).toMatchObject({ version: "v1", previous_version: null });
      expect(await shown(b, "shop")).toBe("<h1>one</h1>");
      await waitUntil("it is seen at the other", async () => (await shown(a, "shop")) === "<h1>one</h1>");
      // What one has uploaded the other does not ask for again.
      expect((await atB.plan("shop", page("two"))).missing.map(({ path }) => path)).toEqual(["index.html"]);
      expect(await atB.deploy("shop", page("two"), "prod")).toMatchObject({ version: "v2" });
      expect(await atA.rollback("shop", "prod")).toMatchObject({ version: "v1", previous_version: "v2" });
      await waitUntil("it is seen at the other", async () => (await shown(b, "shop")) === "<h1>one</h1>");
      const history = await atB.call<Api.History>("GET", "/history?project=shop");
      expect(history.items.map(({ version, deployed_to }) => `${version} ${deployed_to}`)).toEqual(["v2 ", "v1 prod"]);

      // A browser's session is known at both, too.
      const login = await fetch(`${a.url}/api/v1/auth/login`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Sitepod-Session": "cookie" },
        body: JSON.stringify({ email, password }),
      });
      const cookie = login.headers.getSetCookie()[0]!.split(";")[0]!;
      expect((await fetch(`${b.url}/api/v1/auth/info`, { headers: { cookie } })).status).toBe(200);

      // Wrong passwords count together.
      const guess = async (server: Server) =>
        (await callApi({ endpoint: server.url }, "POST", "/auth/login", { email, password: "wrong" })).status;
      const statuses: number[] = [];
      for (let i = 0; i < 6; i++) statuses.push(await guess(a), await guess(b));
      expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    });

    test("number the releases of deploys at the same moment once each", async () => {
      await using planes = await startControlPlanes();
      const servers = await Promise.all([planes.start(), planes.start()]);
      const { token } = await register(servers[0].url);
      const clients = servers.map(({ url }) => deployClient({ endpoint: url, token }));
      const deploy = async (turn: number) =>
        await clients[turn % 2]!.deploy("shop", { ...page(`deploy ${turn}`), "same.txt": "the same" });
      const committed = await Promise.all(Array.from({ length: 12 }, (_, turn) => deploy(turn)));
      expect(committed.map(({ version }) => Number(version!.slice(1))).toSorted((x, y) => x - y)).toEqual(
        Array.from({ length: 12 }, (_, i) => i + 1),
      );
      const { items } = await clients[0]!.call<Api.History>("GET", "/history?project=shop");
      expect(items).toHaveLength(12);
    });

    test(`show a move at each other in under ${HINT_LIMIT_MS} ms, and in ${POLL_LIMIT_MS} ms where they cannot hear each other`, async () => {
      await using planes = await startControlPlanes();
      const [a, b] = await Promise.all([planes.start(), planes.start()]);
      const { token } = await register(a.url);
      const atA = deployClient({ endpoint: a.url, token });
      for (const name of ["one", "two"]) await atA.deploy("shop", page(name), "prod");
      await waitUntil("it is seen", async () => (await shown(b, "shop")) === "<h1>two</h1>");

      const move = async (turn: number) => {
        const version = turn % 2 === 0 ? "v1" : "v2";
        await atA.rollback("shop", "prod", { version });
        const movedMs = performance.now();
        const wanted = version === "v1" ? "<h1>one</h1>" : "<h1>two</h1>";
        await waitUntil("the move is seen", async () => (await shown(b, "shop")) === wanted);
        return performance.now() - movedMs;
      };
      const tookMs: number[] = [];
      for (let turn = 0; turn < MOVES; turn++) tookMs.push(await move(turn));
      tookMs.sort((x, y) => x - y);
      const [medianMs, mostMs] = [tookMs[MOVES / 2]!, tookMs.at(-1)!];
      process.stdout.write(
        `a move is seen elsewhere: median ${medianMs.toFixed(1)} ms, most ${mostMs.toFixed(1)} ms\n`,
      );
      expect(medianMs).toBeLessThan(HINT_LIMIT_MS);
      expect(mostMs).toBeLessThan(POLL_LIMIT_MS);

      // PostgreSQL answers queries, and lets nobody listen.
      const deafen = setInterval(
        () =>
          void planes.postgres
            .ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sitepod hints'")
            .catch(() => {}),
        5,
      );
      try {
        expect(await move(0)).toBeLessThan(POLL_LIMIT_MS);
      } finally {
        clearInterval(deafen);
      }
    });

    test("serve on while PostgreSQL restarts under load, answer 503 for the rest, and come back by themselves", async () => {
      await using planes = await startControlPlanes();
      const servers = await Promise.all([planes.start(), planes.start()]);
      const { token } = await register(servers[0].url);
      const clients = servers.map(({ url }) => deployClient({ endpoint: url, token }));
      await clients[0]!.deploy("shop", page("one"), "prod");
      for (const server of servers) {
        await waitUntil("it is served", async () => (await shown(server, "shop")) === "<h1>one</h1>");
      }

      const end = new AbortController();
      const faults: string[] = [];
      let pages = 0;
      const read = async (server: Server) => {
        while (!end.signal.aborted) {
          const response = await fetchHost(server, `shop.${server.domain}`, "/app.css");
          if (response.status !== 200) faults.push(`a visitor got ${response.status}`);
          await response.text();
          pages++;
        }
      };
      let refused = 0;
      const acknowledged: string[] = [];
      const work = async (client: (typeof clients)[number], who: number) => {
        for (let turn = 0; !end.signal.aborted; turn++) {
          try {
            const { version } = await client.deploy(`site${who}`, page(`${who} ${turn}`), "prod");
            acknowledged.push(`site${who} ${version}`);
          } catch (error) {
            if (!(error instanceof ApiRefusal) || error.status !== 503) faults.push(String(error));
            refused++;
            await Bun.sleep(20);
          }
        }
      };
      const running = [...servers.map(read), ...clients.map(work)];
      try {
        for (let restart = 0; restart < 3; restart++) {
          const before = acknowledged.length;
          await waitUntil("deploys go on", () => acknowledged.length > before + 2);
          const refusedBefore = refused;
          await planes.postgres.stop();
          await waitUntil("deploys are refused", () => refused > refusedBefore + 2);
          const health = (await (await fetch(`${servers[0].url}/api/v1/health`)).json()) as { database: string };
          expect(health.database).toBe("error");
          await planes.postgres.start();
        }
        const after = acknowledged.length;
        await waitUntil("deploys go on", () => acknowledged.length > after + 4);
      } finally {
        end.abort();
        await Promise.all(running);
      }
      expect(faults).toEqual([]);
      expect(pages).toBeGreaterThan(100);
      for (const who of [0, 1]) {
        const { items } = await clients[who]!.call<Api.History>("GET", `/history?project=site${who}&limit=500`);
        const known = items.map(({ version }) => `site${who} ${version}`);
        const own = acknowledged.filter((name) => name.startsWith(`site${who} `));
        expect(known).toEqual(expect.arrayContaining(own));
        for (const name of own) {
          const host = `${name.replace(" ", "--")}.${servers[1].domain}`;
          expect((await fetchHost(servers[1], host, "/")).status).toBe(200);
        }
      }
      await using operator = await commandLine({ by: "executable" });
      const told = await operator.run(["server", "fsck", "--data", servers[0].data], { env: planes.env });
      expect([told.code, told.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);
      process.stdout.write(
        `three restarts of PostgreSQL: ${pages} pages, none wrong; ${acknowledged.length} deploys, ${refused} refused\n`,
      );
    });

    test("do without one that was killed in the middle of deploys, and without PostgreSQL at the start", async () => {
      await using planes = await startControlPlanes();
      const [a, b] = await Promise.all([planes.start(), planes.start()]);
      const { token } = await register(a.url);
      const [atA, atB] = [a, b].map(({ url }) => deployClient({ endpoint: url, token })) as [
        ReturnType<typeof deployClient>,
        ReturnType<typeof deployClient>,
      ];
      await atA.deploy("shop", page("first"), "prod");
      const dying = Promise.allSettled(Array.from({ length: 6 }, (_, i) => atA.deploy("shop", page(`${i}`), "prod")));
      await Bun.sleep(50);
      await a.kill();
      await dying;
      // What the dead one held is free at once.
      const begunMs = performance.now();
      const { version } = await atB.deploy("shop", page("after"), "prod");
      expect(performance.now() - begunMs).toBeLessThan(10_000);
      expect(await shown(b, "shop")).toBe("<h1>after</h1>");
      expect((await atB.call<Api.Current>("GET", "/current?project=shop&environment=prod")).version).toBe(version!);

      await planes.postgres.stop();
      const c = await planes.start();
      expect(await shown(c, "shop")).toBe("<h1>after</h1>");
      const atC = deployClient({ endpoint: c.url, token });
      await expect(atC.release("shop", "prod", { version: "v1" })).rejects.toMatchObject({ status: 503 });
      await planes.postgres.start();
      await waitUntil("it finds its database", async () => {
        return await atC.release("shop", "prod", { version: "v1" }).then(
          () => true,
          (error: ApiRefusal) => (error.status === 503 ? false : Promise.reject(error)),
        );
      });
      await waitUntil("it is seen at the other", async () => (await shown(b, "shop")) === "<h1>first</h1>");
      expect(c.output()).toContain("The database is back");
    });

    test("go on without one that is paused in the middle of deploys, which loses and doubles nothing when it wakes up", async () => {
      await using planes = await startControlPlanes();
      const [a, b] = await Promise.all([planes.start(), planes.start()]);
      const { token } = await register(a.url);
      const atA = deployClient({ endpoint: a.url, token });
      const atB = deployClient({ endpoint: b.url, token });
      await atA.deploy("shop", page("first"), "prod");

      const outcomes: string[] = [];
      const deployAt = async (client: typeof atA, name: string) => {
        try {
          outcomes.push((await client.deploy("shop", page(name), "prod")).version!);
        } catch (error) {
          if (!(error instanceof ApiRefusal) || error.status !== 503) throw new Error(a.output(), { cause: error });
        }
      };
      const paused = Promise.all(Array.from({ length: 8 }, (_, i) => deployAt(atA, `paused ${i}`)));
      await waitUntil("some are through", () => outcomes.length >= 2);
      process.kill(a.pid, "SIGSTOP");
      try {
        // PostgreSQL waits 15 s for a word of the one that is paused.
        const pausedMs = performance.now();
        for (let i = 0; i < 3; i++) await deployAt(atB, `other ${i}`);
        expect(performance.now() - pausedMs).toBeLessThan(60_000);
        expect(await shown(b, "shop")).toBe("<h1>other 2</h1>");
      } finally {
        process.kill(a.pid, "SIGCONT");
      }
      await paused;
      await deployAt(atA, "last");

      const { items } = await atB.call<Api.History>("GET", "/history?project=shop&limit=100");
      const versions = items.map(({ version }) => version);
      expect(new Set(versions).size).toBe(versions.length);
      expect(new Set(outcomes).size).toBe(outcomes.length);
      expect(versions).toEqual(expect.arrayContaining(outcomes));
      for (const server of [a, b]) {
        await waitUntil("the last is served", async () => (await shown(server, "shop")) === "<h1>last</h1>");
        for (const version of versions) {
          expect((await fetchHost(server, `shop--${version}.${server.domain}`, "/")).status).toBe(200);
        }
      }
    });
  },
);
