import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openMemoryStore } from "#store";
import { createDns } from "../../src/bin/dns.ts";
import { createChallenges, createIssue, type DnsWriter, Secret } from "../../src/pki/mod.ts";
import { createRfc2136 } from "../../src/pki/dns/rfc2136.ts";
import { untilVisible } from "../../src/pki/dns/until-visible.ts";
import { bindIsMissing, startBind } from "../harness/bind.ts";
import { startDns } from "../harness/dns-server.ts";
import { type NameServer, nameServerIsMissing, startNameServer } from "../harness/name-server.ts";
import { pebbleIsMissing, startPebble } from "../harness/pebble.ts";
import { waitUntil } from "../harness/wait-until.ts";

const ZONE = "rfc2136.test";
const NAME = `_acme-challenge.${ZONE}`;
const HOUR_MS = 60 * 60 * 1000;

interface Changed {
  readonly key?: Partial<NameServer["key"]>;
  readonly nowMs?: () => number;
}

/** What writes to a name server, as the server of sites does, with some of it changed. */
function writerTo({ address, port, key }: NameServer, changed: Changed = {}): DnsWriter {
  const { secret, ...rest } = { ...key, ...changed.key };
  const nowMs = changed.nowMs ?? Date.now;
  const makeId = () => crypto.getRandomValues(new Uint16Array(1))[0]!;
  return createRfc2136({ host: address, port, key: { ...rest, secret: new Secret(secret) }, nowMs, makeId });
}

/** What a name server itself says, in order. */
const textsAt = async ({ address, port }: NameServer, name: string): Promise<string[]> =>
  (await createDns(`${address}:${port}`).findTexts(name)).toSorted();

const servers = [
  { name: "BIND with a key for hmac-sha256", isMissing: bindIsMissing !== undefined, start: () => startBind([ZONE]) },
  {
    name: "BIND with a key for hmac-sha512",
    isMissing: bindIsMissing !== undefined,
    start: () => startBind([ZONE], { algorithm: "hmac-sha512" }),
  },
  { name: "Knot", isMissing: nameServerIsMissing !== undefined, start: () => startNameServer(ZONE) },
];

for (const { name, isMissing, start } of servers) {
  describe.skipIf(isMissing)(`updates of ${name} (needs it)`, () => {
    let server: NameServer;
    beforeAll(async () => void (server = await start()));
    afterAll(() => server[Symbol.asyncDispose]());

    test("set two values at one name at once, and remove one without the other", async () => {
      const writer = writerTo(server);
      await Promise.all([writer.present(NAME, "one"), writer.present(NAME, "two")]);
      expect(await textsAt(server, NAME)).toEqual(["one", "two"]);
      await writer.remove(NAME, "one");
      expect(await textsAt(server, NAME)).toEqual(["two"]);
      await writer.remove(NAME, "two");
      expect(await textsAt(server, NAME)).toEqual([]);
    });

    test("may be sent again, and remove what is not there", async () => {
      const writer = writerTo(server);
      for (let times = 0; times < 2; times++) await writer.present(NAME, "again");
      expect(await textsAt(server, NAME)).toEqual(["again"]);
      for (let times = 0; times < 2; times++) await writer.remove(NAME, "again");
      expect(await textsAt(server, NAME)).toEqual([]);
    });

    test("find the zone of a name many labels below it", async () => {
      const deep = `_acme-challenge.a.b.c.${ZONE}`;
      await writerTo(server).present(deep, "deep");
      expect(await textsAt(server, deep)).toEqual(["deep"]);
    });

    test("are refused with another secret, an unknown key and a clock that is wrong, and say so", async () => {
      const other = Buffer.from("a secret that nobody has").toString("base64");
      const refusals = [
        [{ key: { secret: other } }, "BADSIG"],
        [{ key: { name: "stranger" } }, "BADKEY"],
        [{ nowMs: () => Date.now() - HOUR_MS }, "BADTIME"],
      ] as const;
      for (const [changed, reason] of refusals) {
        const error = await writerTo(server, changed).present(NAME, "never").catch(String);
        expect(error).toContain(reason);
        expect(error).not.toContain(other);
      }
      expect(await textsAt(server, NAME)).toEqual([]);
    });

    test("of a zone that is another server's fail, and say so", async () => {
      await expect(writerTo(server).present("_acme-challenge.elsewhere.test", "x")).rejects.toThrow("REFUSED");
    });
  });
}

test("a name server that is not there is named", async () => {
  await using gone = await startDns();
  const port = Number(gone.address.split(":")[1]);
  const key = { name: "k", algorithm: "hmac-sha256", secret: "eA==" } as const;
  const server = { address: "127.0.0.1", port, key, keyFile: "" } as unknown as NameServer;
  await expect(writerTo(server).present(NAME, "x")).rejects.toThrow(`127.0.0.1, port ${port}, cannot be reached`);
});

describe.skipIf(bindIsMissing !== undefined)("a record (needs BIND)", () => {
  const visibly = (writer: DnsWriter, { address, port }: NameServer, timeoutMs = 20_000): DnsWriter =>
    untilVisible(writer, createDns(`${address}:${port}`), { port, pauseMs: 20, timeoutMs });

  test("is there once every name server of the zone shows it", async () => {
    await using primary = await startBind([ZONE], { records: ["@ 60 NS ns2", "ns2 60 A 127.0.0.2"] });
    await using secondary = await startDns({ address: "127.0.0.2", port: primary.port });
    let isThere = false;
    const presented = visibly(writerTo(primary), primary)
      .present(NAME, "value")
      .then(() => (isThere = true));
    await waitUntil("the secondary was asked more than once", () => secondary.questions > 3);
    expect(await textsAt(primary, NAME)).toEqual(["value"]);
    expect(isThere).toBe(false);
    secondary.texts.set(NAME, ["another", "value"]);
    await presented;
  });

  test("that a name server does not show in time is an error that names it", async () => {
    await using primary = await startBind([ZONE], { records: ["@ 60 NS ns2", "ns2 60 A 127.0.0.2"] });
    await using secondary = await startDns({ address: "127.0.0.2", port: primary.port });
    const writer = visibly(writerTo(primary), primary, 0);
    await expect(writer.present(NAME, "value")).rejects.toThrow(`ns2.${ZONE} did not show it at ${NAME}`);
    expect(secondary.questions).toBe(1);
  });

  test("is waited for at the servers that can be asked, and at one at least", async () => {
    await using primary = await startBind([ZONE], { records: ["@ 60 NS ns2", "ns2 60 A 127.0.0.2"] });
    await using secondary = await startDns({ address: "127.0.0.2", port: primary.port });
    secondary.isBroken = true;
    await visibly(writerTo(primary), primary).present(NAME, "value");
    expect(secondary.questions).toBeGreaterThan(0);

    const reader = createDns(`${primary.address}:${primary.port}`);
    const broken = { ...reader, findAddresses: async () => ["127.0.0.2"] };
    const writer = untilVisible(writerTo(primary), broken, { port: primary.port, timeoutMs: 0 });
    await expect(writer.present(NAME, "value")).rejects.toThrow(/None of the name servers ns\d.*could be asked/);
  });

  test("is written where a CNAME record leads", async () => {
    const records = ["_acme-challenge 60 CNAME challenges.delegated.test."];
    await using server = await startBind([ZONE, "delegated.test"], { records });
    const writer = visibly(writerTo(server), server);
    await writer.present(NAME, "value");
    expect(await textsAt(server, "challenges.delegated.test")).toEqual(["value"]);
    await writer.remove(NAME, "value");
    expect(await textsAt(server, "challenges.delegated.test")).toEqual([]);
  });
});

test.skipIf(bindIsMissing !== undefined || pebbleIsMissing !== undefined)(
  "a domain and its wildcard get a certificate by updates of BIND, and other values at the name stay (needs BIND and Pebble)",
  async () => {
    await using names = await startBind([ZONE], { records: ['_acme-challenge 60 TXT "of somebody else"'] });
    await using pebble = await startPebble({ dnsServer: `${names.address}:${names.port}` });
    const { documents } = openMemoryStore();
    const issue = createIssue({
      documents,
      challenges: createChallenges(documents),
      dns: untilVisible(writerTo(names), createDns(`${names.address}:${names.port}`), {
        port: names.port,
        pauseMs: 20,
      }),
      email: undefined,
      roots: await Bun.file(pebble.rootsFile).text(),
    });
    const wanted = { names: [ZONE, `*.${ZONE}`], challenge: "dns-01" } as const;
    expect((await issue({ directory: pebble.directory }, wanted)).names).toEqual([ZONE, `*.${ZONE}`]);
    expect(await textsAt(names, NAME)).toEqual(["of somebody else"]);
  },
);
