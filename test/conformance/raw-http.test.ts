import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { startTlsServer } from "../harness/tls-server.ts";
import { TOPICS } from "./raw-http/cases.ts";
import { DOMAIN, ONE } from "./raw-http/hosts.ts";
import type { RawCase } from "./raw-http/requests.ts";
import { overTcp, overTls, sendRaw } from "./raw-http/send-raw.ts";
import { CERTIFIED, deployTenants, warmUp } from "./raw-http/tenants.ts";

const transports = [
  { name: "over TCP", scheme: "http", dial: overTcp, start: () => startServer({ domain: DOMAIN }) },
  { name: "over TLS", scheme: "https", dial: overTls, start: () => startTlsServer(CERTIFIED, { domain: DOMAIN }) },
] as const;

const countAnswers = ({ answer }: RawCase): number => (answer === "" ? 1 : answer.split(", ").length);

describe.each(transports)("$name", ({ scheme, dial, start }) => {
  let server: Server;
  beforeAll(async () => {
    server = await start();
    await deployTenants(server);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  const origin = () => `${scheme}://127.0.0.1:${server.port}`;

  for (const { title, cases } of TOPICS) {
    describe(title, () => {
      beforeEach(() => warmUp(origin()));

      test.each(cases.map((row) => [row.name, row] as const))("%s", async (_, row) => {
        // Where the end is expected, what comes before it is waited for.
        const expected = row.isClosed ? Infinity : countAnswers(row);
        const answer = await sendRaw(dial, server.port, row.sent, expected);
        expect(answer).toEqual({ answer: row.answer, connection: row.isClosed ? "closed" : "kept" });
      });
    });
  }

  test("after all of that the server serves as before", async () => {
    const init = { headers: { Host: ONE }, tls: { rejectUnauthorized: false } } as BunFetchRequestInit;
    const response = await fetch(`${origin()}/`, init);
    expect([response.status, await response.text()]).toEqual([200, "tenant one"]);
    expect(server.output()).not.toMatch(/error/i);
  });
});

test("docs/http-boundary.md lists every request and its answer", async () => {
  const [, page = ""] = (await Bun.file(join(root, "docs/http-boundary.md")).text()).split("\n## The rows\n");
  const [tables = ""] = page.split("\n## ");
  const told = [...tables.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells.join(" | "));
  const rows = TOPICS.flatMap(({ cases }) => cases.map(describeRow));
  expect(rows.length).toBeGreaterThanOrEqual(60);
  expect(told.filter((row) => !/^(request|-+) \|/.test(row))).toEqual(rows);
});

const describeRow = ({ name, answer, isClosed }: RawCase): string =>
  `${name} | ${answer === "" ? "none" : answer} | ${isClosed ? "closed" : "kept"}`;
