import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../harness/repository.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";
import { DOMAIN } from "./raw-http/hosts.ts";
import { CERTIFIED, deployTenants, warmUp } from "./raw-http/tenants.ts";
import { FLOODS } from "./raw-http2/floods.ts";
import { sendFlood } from "./raw-http2/send-flood.ts";

const GROWTH_LIMIT_MB = 48;
const SAMPLE_MS = 5;

describe.skipIf(process.platform !== "linux")("a flood over HTTP/2 (needs Linux)", () => {
  let server: TlsServer;
  const memoryMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;

  beforeAll(async () => {
    server = await startTlsServer(CERTIFIED, { domain: DOMAIN });
    await deployTenants(server);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test.each(FLOODS.map((flood) => [flood.name, flood] as const))(
    "of %s takes little memory and disturbs nobody else",
    async (_, flood) => {
      await warmUp(`https://127.0.0.1:${server.port}`);
      const beforeMb = memoryMb();
      let peakMb = beforeMb;
      const sampling = setInterval(() => (peakMb = Math.max(peakMb, memoryMb())), SAMPLE_MS);
      const flooding = sendFlood(server.port, flood);
      await warmUp(`https://127.0.0.1:${server.port}`);
      expect(await flooding).toBe(flood.connection);
      clearInterval(sampling);
      expect(peakMb - beforeMb).toBeLessThan(GROWTH_LIMIT_MB);
      await warmUp(`https://127.0.0.1:${server.port}`);
    },
    { timeout: 30_000 },
  );
});

test("docs/http-boundary.md lists every flood and its end", async () => {
  const [, page = ""] = (await Bun.file(join(root, "docs/http-boundary.md")).text()).split("\n### Floods\n");
  const told = [...page.split("\n#")[0]!.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) =>
    cells.join(" | "),
  );
  const rows = FLOODS.map(({ name, rule, connection }) => `${name} | ${rule} | ${connection}`);
  expect(told.filter((row) => !/^(what is sent|-+) \|/.test(row))).toEqual(rows);
});
