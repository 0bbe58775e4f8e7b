import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { openMemoryStore } from "#store";
import { createOrderer } from "../../src/bin/orderer.ts";
import { createChallenges } from "../../src/pki/mod.ts";
import { pebbleIsMissing, startPebble } from "../harness/pebble.ts";

const SETTINGS = { dns: undefined, dnsServer: undefined, email: undefined, roots: undefined };

/** Answers challenges out of the store, as any edge does. */
function listenForChallenges(port: number, documents: Parameters<typeof createChallenges>[0]) {
  const challenges = createChallenges(documents);
  return Bun.serve({
    port,
    fetch: async ({ url }) => new Response((await challenges.find(new URL(url).pathname)) ?? null),
  });
}

test.skipIf(pebbleIsMissing !== undefined)(
  "a thread orders certificates one after the other, also after it was stopped, and keeps its account in the store (needs Pebble)",
  async () => {
    await using pebble = await startPebble();
    const { documents } = openMemoryStore();
    await using port80 = listenForChallenges(pebble.httpPort, documents);
    const orderer = createOrderer({ ...SETTINGS, roots: await Bun.file(pebble.rootsFile).text() }, documents);
    for (const name of ["a.test", "b.test"]) {
      const wanted = { names: [name], challenge: "http-01" } as const;
      const { chain } = await orderer.issue({ directory: pebble.directory }, wanted);
      expect(new X509Certificate(chain).subjectAltName).toBe(`DNS:${name}`);
      orderer.stop();
    }
    expect(await Array.fromAsync(documents.list("certs/accounts/"))).toHaveLength(1);
    expect(await Array.fromAsync(documents.list("certs/challenges/"))).toEqual([]);
    expect(port80.pendingRequests).toBe(0);
  },
);

test("a thread tells why there is no certificate, in the words of whoever failed", async () => {
  const { documents } = openMemoryStore();
  const orderer = createOrderer(SETTINGS, documents);
  const wanted = { names: ["a.test"], challenge: "http-01" } as const;
  const nobody = { directory: "https://127.0.0.1:1/dir" };
  await expect(orderer.issue(nobody, wanted)).rejects.toThrow("Unable to connect");

  await using directory = Bun.serve({ port: 0, fetch: () => new Response(null, { status: 503 }) });
  await expect(orderer.issue({ directory: directory.url.href }, wanted)).rejects.toThrow("answers 503");
  expect((await orderer.selfSign(["after.test"], Date.now())).names).toEqual(["after.test"]);

  const broken = { ...documents, read: () => Promise.reject(new Error("the disk is gone")) };
  await using fine = Bun.serve({ port: 0, fetch: () => Response.json({}) });
  const other = createOrderer(SETTINGS, broken);
  await expect(other.issue({ directory: fine.url.href }, wanted)).rejects.toThrow("the disk is gone");
  for (const one of [orderer, other]) one.stop();
});
