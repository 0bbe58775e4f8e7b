import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import type { Api } from "#wire";
import { type StreamEvent, watchResponse } from "../../src/control/live/watch-response.ts";
import { register } from "../harness/account.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { openStream } from "../harness/open-stream.ts";
import { type Server, startServer } from "../harness/server.ts";

const WATCHERS = 500;
const FILES = { "index.html": "<h1>hello" };
/** It takes milliseconds. Who waited for a reader would wait for minutes, until its stream ends. */
const DEPLOY_LIMIT_MS = 10_000;
/** Requests under way have twice as long at a stop: streams are ended before. */
const STOP_LIMIT_MS = 5000;

const numbers = (events: readonly StreamEvent[]) => events.map(({ id }) => Number(id));
const isCommitted = ({ data }: StreamEvent) => data.kind === "committed";
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe("a deploy that is watched,", () => {
  let server: Server;
  let client: DeployClient;
  let token: string;

  beforeAll(async () => {
    // Streams go through an edge in a process of its own.
    server = await startServer({ flags: ["--workers", "2"] });
    ({ token } = await register(server.url));
    client = deployClient({ endpoint: server.url, token });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function watch(plan: Api.PlanResponse, lastEventId = "0") {
    const headers = { authorization: `Bearer ${token}`, "last-event-id": lastEventId };
    return watchResponse(await openStream(server, `/api/v1/deploys/${plan.plan_id}/log`, headers));
  }

  /** A client that asks for a log and then reads nothing. */
  function watchWithoutReading(plan: Api.PlanResponse): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: server.port, host: "127.0.0.1" });
      socket.on("error", reject);
      socket.pause();
      const head = `GET /api/v1/deploys/${plan.plan_id}/log HTTP/1.1\r\nHost: ${server.domain}\r\n`;
      socket.write(`${head}Authorization: Bearer ${token}\r\n\r\n`, () => resolve(socket));
    });
  }

  test("is told to 500 at the same time, all of it to each, also to who breaks off and comes back", async () => {
    const plan = await client.plan("shop", FILES);
    const watchers = await Promise.all(
      Array.from({ length: WATCHERS }, async (_, i) => {
        const watched = await watch(plan);
        const first = (await watched.next())!;
        // Every fifth breaks off and goes on.
        if (i % 5 !== 0) return { watched, first };
        await watched[Symbol.asyncDispose]();
        return { watched: await watch(plan, first.id), first };
      }),
    );
    await client.upload(plan, FILES);
    await client.commit(plan);
    await Promise.all(
      watchers.map(async ({ watched, first }) => {
        expect(numbers([first, ...(await watched.until(isCommitted))])).toEqual(upTo(4));
        await watched[Symbol.asyncDispose]();
      }),
    );
  });

  test("is not kept waiting by 500 who read nothing", async () => {
    const plan = await client.plan("shop", { "index.html": "watched" });
    const sockets = await Promise.all(Array.from({ length: WATCHERS }, () => watchWithoutReading(plan)));
    const watched = await timed(async () => {
      await client.upload(plan, { "index.html": "watched" });
      await client.commit(plan);
    });
    for (const socket of sockets) socket.destroy();
    expect(watched).toBeLessThan(DEPLOY_LIMIT_MS);
    await using late = await watch(plan);
    expect(numbers(await late.until(isCommitted))).toEqual(upTo(4));
  });

  test("keeps no server from ending", async () => {
    const plan = await client.plan("shop", { "index.html": "last" });
    const watched = await watch(plan);
    await watched.next();
    const ended = watched.until(() => false);
    const tookMs = await timed(() => server.stop());
    expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
    expect(await ended).toEqual([]);
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
