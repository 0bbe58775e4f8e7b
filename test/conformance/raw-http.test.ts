import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { TOPICS } from "./raw-http/cases.ts";
import { DOMAIN, ONE, TWO } from "./raw-http/hosts.ts";
import type { RawCase } from "./raw-http/requests.ts";
import { sendRaw, SYNC_PATH, SYNC_TEXT } from "./raw-http/send-raw.ts";

let server: Server;

beforeAll(async () => {
  server = await startServer({ domain: DOMAIN });
  const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
  for (const site of ["one", "two"]) {
    const page = `tenant ${site}`;
    await client.deploy(
      site,
      { "index.html": page, "a.txt": page, [SYNC_PATH.slice(1)]: SYNC_TEXT, "404.html": "" },
      "prod",
    );
  }
});

afterAll(() => server[Symbol.asyncDispose]());

/** Has both sites' pages, and where they lead, in memory: pointers are read again every five seconds. */
async function warmUp(): Promise<void> {
  for (const host of [ONE, TWO]) {
    for (const path of ["/", "/a.txt"]) expect((await fetchHost(server, host, path)).status).toBe(200);
  }
}

const countAnswers = ({ answer }: RawCase): number => (answer === "" ? 1 : answer.split(", ").length);

for (const { title, cases } of TOPICS) {
  describe(title, () => {
    // A request behind another is answered only where the answer to that one is in memory.
    beforeEach(warmUp);

    test.each(cases.map((row) => [row.name, row] as const))("%s", async (_, row) => {
      // Where the end is expected, what comes before it is waited for.
      const expected = row.isClosed ? Infinity : countAnswers(row);
      const answer = await sendRaw(server.port, row.sent, expected);
      expect(answer).toEqual({ answer: row.answer, connection: row.isClosed ? "closed" : "kept" });
    });
  });
}

test("after all of that the server serves as before", async () => {
  const response = await fetchHost(server, ONE, "/");
  expect([response.status, await response.text()]).toEqual([200, "tenant one"]);
  expect(server.output()).not.toMatch(/error/i);
});

test("docs/http-boundary.md lists every request and its answer", async () => {
  const [, page = ""] = (await Bun.file(join(root, "docs/http-boundary.md")).text()).split("\n## The rows\n");
  const told = [...page.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells.join(" | "));
  const rows = TOPICS.flatMap(({ cases }) => cases.map(describeRow));
  expect(rows.length).toBeGreaterThanOrEqual(60);
  expect(told.filter((row) => !/^(request|-+) \|/.test(row))).toEqual(rows);
});

const describeRow = ({ name, answer, isClosed }: RawCase): string =>
  `${name} | ${answer === "" ? "none" : answer} | ${isClosed ? "closed" : "kept"}`;
