import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { openMemoryStore } from "#store";
import { certificateKey, parseCertificate, type Certificate } from "../../src/pki/certificate.ts";
import type { Wanted } from "../../src/pki/wanted.ts";
import { type EdgeUnderTest, openEdge } from "../harness/certificate-edge.ts";
import { type Pebble, pebbleIsMissing, startPebble } from "../harness/pebble.ts";

const MINUTE_MS = 60_000;
const byHttp = (...names: string[]): Wanted => ({ names, challenge: "http-01" });
const byDns = (...names: string[]): Wanted => ({ names, challenge: "dns-01" });

const orders = (pebble: Pebble): number => pebble.output().split("Added order").length - 1;
const namesOf = (edge: EdgeUnderTest): string[] =>
  edge
    .certificates()
    .map(({ names }) => names.join())
    .toSorted();

/** Whether the authority's root leads to the certificate by the chain that a client is given. */
async function isTrusted({ chain }: Certificate, pebble: Pebble): Promise<boolean> {
  const links = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const certificates = [...links, await pebble.issuingRoot()].map((pem) => new X509Certificate(pem));
  return certificates.every((one, i) => i === certificates.length - 1 || one.verify(certificates[i + 1]!.publicKey));
}

describe.skipIf(pebbleIsMissing !== undefined)("certificates from Pebble (needs it)", () => {
  let pebble: Pebble;
  beforeAll(async () => void (pebble = await startPebble()));
  afterAll(() => pebble[Symbol.asyncDispose]());

  test("are issued by HTTP-01, one for each name that is wanted and for no other", async () => {
    await using edge = await openEdge(pebble, [byHttp("a.test"), byHttp("b.test")]);
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["a.test", "b.test"]);
    for (const certificate of edge.certificates()) {
      expect(new X509Certificate(certificate.chain).subjectAltName).toBe(`DNS:${certificate.names[0]}`);
      expect(await isTrusted(certificate, pebble)).toBe(true);
    }
    await edge.keeper.run();
    expect(edge.log.filter((line) => line.includes("certificate until"))).toHaveLength(2);
  });

  test("are issued by DNS-01, a domain and its wildcard in one", async () => {
    await using edge = await openEdge(pebble, [byDns("wild.test", "*.wild.test")], { answers: false });
    await edge.keeper.run();
    expect(edge.log.join()).not.toContain("gave no certificate");
    const [certificate] = edge.certificates();
    expect(new X509Certificate(certificate!.chain).subjectAltName).toBe("DNS:wild.test, DNS:*.wild.test");
    expect(await isTrusted(certificate!, pebble)).toBe(true);
  });

  test("are issued to an account with an e-mail address and to one without, again and again", async () => {
    for (const email of ["admin@example.com", undefined]) {
      const { documents } = openMemoryStore();
      const names = ["1", "2"].map((n) => `${n}.${email ? "with" : "without"}.test`);
      for (const name of names) {
        await using edge = await openEdge(pebble, [byHttp(name)], { documents, ...(email ? { email } : {}) });
        await edge.keeper.run();
        expect(namesOf(edge)).toContain(name);
      }
    }
  });

  test("are issued for a name too long for a common name", async () => {
    const name = `${"a".repeat(60)}.long.test`;
    await using edge = await openEdge(pebble, [byHttp(name)]);
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual([name]);
  });

  test("are renewed at two thirds of their life, and serve until then", async () => {
    await using edge = await openEdge(pebble, [byHttp("renew.test")]);
    await edge.keeper.run();
    const first = edge.certificates()[0]!;
    const lifeMs = first.notAfterMs - first.notBeforeMs;
    edge.clockMs = first.notBeforeMs + lifeMs * 0.61;
    await edge.keeper.run();
    expect(edge.certificates()).toEqual([first]);
    edge.clockMs = first.notBeforeMs + lifeMs * 0.67;
    await edge.keeper.run();
    expect(edge.certificates()).toHaveLength(1);
    expect(edge.certificates()[0]!.fingerprint).not.toBe(first.fingerprint);
    expect(edge.certificates()[0]!.key.reveal()).not.toBe(first.key.reveal());
  });

  test("are read from the store after a restart: nothing is ordered", async () => {
    const { documents } = openMemoryStore();
    const wanted = [byHttp("restart.test")];
    await using before = await openEdge(pebble, wanted, { documents });
    await before.keeper.run();
    const count = orders(pebble);
    await using after = await openEdge(pebble, wanted, { documents, answers: false });
    expect(namesOf(after)).toEqual(["restart.test"]);
    await after.keeper.run();
    expect(orders(pebble)).toBe(count);
  });

  test("are ordered once by many edges that share a store, and reach all of them", async () => {
    const { documents } = openMemoryStore();
    const wanted = [byHttp("one.test"), byHttp("two.test")];
    await using first = await openEdge(pebble, wanted, { documents });
    const others = await Promise.all([1, 2, 3].map(() => openEdge(pebble, wanted, { documents, answers: false })));
    const count = orders(pebble);
    const edges = [first, ...others];
    await Promise.all(edges.map((edge) => edge.keeper.run()));
    await Promise.all(edges.map((edge) => edge.keeper.run()));
    expect(orders(pebble) - count).toBe(2);
    for (const edge of edges) expect(namesOf(edge)).toEqual(["one.test", "two.test"]);
  });

  test("that nobody wants any more go when they would be renewed, so that none expires in the place of a wildcard", async () => {
    await using edge = await openEdge(pebble, [byHttp("old.test"), byHttp("kept.test")]);
    await edge.keeper.run();
    edge.wanted = [byHttp("kept.test")];
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["kept.test", "old.test"]);
    const { notBeforeMs, notAfterMs } = edge.certificates()[0]!;
    edge.clockMs = notBeforeMs + (notAfterMs - notBeforeMs) * 0.67;
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["kept.test"]);
  });

  test("are ordered anew where their document is damaged", async () => {
    const { documents } = openMemoryStore();
    await documents.create(certificateKey("issued", "damaged.test"), "half a certif");
    await using edge = await openEdge(pebble, [byHttp("damaged.test")], { documents });
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["damaged.test"]);
    expect(parseCertificate((await documents.read(certificateKey("issued", "damaged.test")))!)).toBeDefined();
  });

  test("are not asked for again before the back-off is over, not even after a restart", async () => {
    const { documents } = openMemoryStore();
    const wanted = [byHttp("nobody-answers.test")];
    await using edge = await openEdge(pebble, wanted, { documents, answers: false });
    const startMs = edge.clockMs;
    const count = orders(pebble);
    await edge.keeper.run();
    await edge.keeper.run();
    expect(orders(pebble) - count).toBe(1);
    edge.clockMs = startMs + 61_000;
    await edge.keeper.run();
    expect(orders(pebble) - count).toBe(2);

    await using restarted = await openEdge(pebble, wanted, { documents });
    restarted.clockMs = startMs + 61_000 + 2 * MINUTE_MS;
    await restarted.keeper.run();
    expect(orders(pebble) - count).toBe(2);
    restarted.clockMs = startMs + 61_000 + 3 * MINUTE_MS;
    await restarted.keeper.run();
    expect(namesOf(restarted)).toEqual(["nobody-answers.test"]);
    expect(edge.log[0]).toContain("nobody-answers.test");
  });

  test("wait where another order would go beyond the authority's limits, and are issued after", async () => {
    const { documents } = openMemoryStore();
    await using edge = await openEdge(pebble, [byHttp("late.test")], { documents });
    const startMs = edge.clockMs;
    const ledger = { orders: Array.from({ length: 270 }, () => startMs - MINUTE_MS), issued: [] };
    await documents.create("certs/ledger.json", JSON.stringify(ledger));
    const count = orders(pebble);
    for (let look = 0; look < 3; look++) await edge.keeper.run();
    expect(orders(pebble)).toBe(count);
    expect(edge.log).toHaveLength(1);
    expect(edge.log[0]).toContain(new Date(startMs + 179 * MINUTE_MS).toISOString());
    edge.clockMs = startMs + 179 * MINUTE_MS;
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["late.test"]);
  });

  test("of one name fail without holding up the others", async () => {
    await using edge = await openEdge(pebble, [byDns("broken..test"), byHttp("sound.test")]);
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["sound.test"]);
  });

  test("come from the second authority where the first is down; the account of each is its own", async () => {
    await using second = await startPebble();
    const gone = await startPebble();
    await gone[Symbol.asyncDispose]();
    const down: Pebble = { ...gone, rootsFile: second.rootsFile };
    await using edge = await openEdge(second, [byHttp("fallback.test")], {
      authorities: [{ pebble: down }, { pebble: second }],
    });
    await edge.keeper.run();
    expect(await isTrusted(edge.certificates()[0]!, second)).toBe(true);
    expect(edge.log[0]).toContain(down.directory);
  });

  test("serve on while no authority can be reached, and are renewed once one can", async () => {
    const { documents } = openMemoryStore();
    const wanted = [byHttp("outage.test")];
    const gone = await startPebble();
    await using before = await openEdge(gone, wanted, { documents });
    await before.keeper.run();
    const first = before.certificates()[0]!;
    await before[Symbol.asyncDispose]();
    await gone[Symbol.asyncDispose]();

    await using during = await openEdge({ ...gone, rootsFile: pebble.rootsFile }, wanted, { documents });
    during.clockMs = first.notAfterMs - MINUTE_MS;
    await during.keeper.run();
    expect(during.certificates()).toMatchObject([{ fingerprint: first.fingerprint }]);
    expect(during.log.at(-1)).toContain("serves on");

    await using after = await openEdge(pebble, wanted, { documents });
    after.clockMs = during.clockMs + MINUTE_MS;
    await after.keeper.run();
    expect(await isTrusted(after.certificates()[0]!, pebble)).toBe(true);
  });
});

describe.skipIf(pebbleIsMissing !== undefined)("an authority (needs Pebble)", () => {
  test("that refuses good nonces still gives certificates", async () => {
    await using pebble = await startPebble({ refusedNonces: 15 });
    const names = Array.from({ length: 20 }, (_, i) => `nonce-${i + 10}.test`);
    await using edge = await openEdge(
      pebble,
      names.map((name) => byHttp(name)),
    );
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(names);
    const sent = pebble.output().match(/POST \/(order-plz|authZ\/|finalize-order\/|certZ\/)/g)!;
    expect(sent.length).toBeGreaterThan(4 * names.length);
  });

  test("that asks for an account binding gives certificates to who has the key", async () => {
    const binding = { id: "kid-1", key: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W" };
    await using pebble = await startPebble({ binding });
    await using edge = await openEdge(pebble, [byHttp("bound.test")], { authorities: [{ pebble, binding }] });
    await edge.keeper.run();
    expect(namesOf(edge)).toEqual(["bound.test"]);
    await using stranger = await openEdge(pebble, [byHttp("stranger.test")], { answers: false });
    await stranger.keeper.run();
    expect(namesOf(stranger)).toEqual([]);
    expect(stranger.log.join("\n")).not.toContain(binding.key);
  });
});
