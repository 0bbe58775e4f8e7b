import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "../harness/repository.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";
import { DOMAIN } from "./raw-http/hosts.ts";
import { CERTIFIED, deployTenants, warmUp } from "./raw-http/tenants.ts";
import { HTTP2_TOPICS } from "./raw-http2/cases.ts";
import type { Http2Case } from "./raw-http2/requests.ts";
import { sendFrames } from "./raw-http2/send-frames.ts";

let server: TlsServer;
beforeAll(async () => {
  server = await startTlsServer(CERTIFIED, { domain: DOMAIN });
  await deployTenants(server);
});
afterAll(() => server?.[Symbol.asyncDispose]());

for (const { title, cases } of HTTP2_TOPICS) {
  describe(title, () => {
    beforeEach(() => warmUp(`https://127.0.0.1:${server.port}`));

    test.each(cases.map((row) => [row.name, row] as const))("%s", async (_, row) => {
      const answer = await sendFrames(server.port, row.sent, row.answer.split(", ").length);
      expect(answer).toEqual({ answer: row.answer, connection: row.isClosed ? "closed" : "kept" });
    });
  });
}

test("docs/http-boundary.md lists every one, what the standard says, and the answer", async () => {
  const [, page = ""] = (await Bun.file(join(root, "docs/http-boundary.md")).text()).split("\n## The rows of HTTP/2\n");
  const told = [...page.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) =>
    cells.join(" | "),
  );
  const rows = HTTP2_TOPICS.flatMap(({ cases }) => cases.map(describeRow));
  expect(told.filter((row) => !/^(what is sent|-+) \|/.test(row))).toEqual(rows);
});

const describeRow = ({ name, rule, answer, isClosed }: Http2Case): string =>
  `${name} | ${rule} | ${answer} | ${isClosed ? "closed" : "kept"}`;
