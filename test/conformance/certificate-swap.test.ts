import { expect, test } from "bun:test";
import { connect } from "node:tls";
import { listenTls } from "../../src/bin/tls-listener.ts";
import { allowMigration } from "../../src/bin/migrate-connections.ts";
import { type Certificate, createSelfSigned, Secret } from "../../src/pki/mod.ts";
import { loadByHttp2 } from "../harness/http2-load.ts";
import { waitUntil } from "../harness/wait-until.ts";

const SWAPS = 100;
const NAME = "swap.test";
const BODY = "x".repeat(4096);

/** The fingerprint of the certificate that a new connection for `servername` is given. */
function presented(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

async function openListener(certificates: readonly Certificate[], http3 = false) {
  const selfSigned = await createSelfSigned(["first.test"], Date.now());
  const log: string[] = [];
  const listener = listenTls(
    {
      port: 0,
      hostname: "127.0.0.1",
      http3,
      maxRequestBodySize: 1024,
      fetch: () => new Response(BODY),
      selfSigned,
      log: (message) => log.push(message),
      // Longer than a client here waits for its turn on a busy machine.
      retiringMs: 150,
    },
    certificates,
  );
  return { ...listener, selfSigned, log, [Symbol.asyncDispose]: () => listener.stop(0) };
}

test("a name that has no certificate is given the self-signed one, and never another's", async () => {
  const owned = await createSelfSigned([NAME, `*.${NAME}`], Date.now());
  await using listener = await openListener([owned]);
  expect(await presented(listener.port, NAME)).toBe(owned.fingerprint);
  expect(await presented(listener.port, `a.${NAME}`)).toBe(owned.fingerprint);
  for (const name of ["other.test", `a.b.${NAME}`, `evil${NAME}`, "test", ""]) {
    expect(await presented(listener.port, name)).toBe(listener.selfSigned.fingerprint);
  }
});

test("certificates that cannot be used leave those before in use", async () => {
  const [owned, broken] = await Promise.all([1, 2].map(() => createSelfSigned([NAME], Date.now())));
  await using listener = await openListener([owned!]);
  listener.use([{ ...broken!, key: new Secret("no key") }]);
  await waitUntil("it is logged", () => listener.log.length > 0);
  expect(await presented(listener.port, NAME)).toBe(owned!.fingerprint);
});

test("HTTP/3 is offered where it is on, and answers", async () => {
  await using listener = await openListener([await createSelfSigned([NAME], Date.now())], true);
  const ask = (protocol: "http1.1" | "http3") =>
    fetch(`https://127.0.0.1:${listener.port}/`, { protocol, tls: { rejectUnauthorized: false } });
  expect((await ask("http1.1")).headers.get("Alt-Svc")).toContain(`h3=":${listener.port}"`);
  expect(await (await ask("http3")).text()).toBe(BODY);
});

test.skipIf(Bun.which("wrk") === null || !allowMigration())(
  `${SWAPS} changes of certificates under load fail no request of clients that heed GOAWAY or Connection (needs wrk and tcp_migrate_req)`,
  async () => {
    const certificates = await Promise.all(Array.from({ length: SWAPS }, () => createSelfSigned([NAME], Date.now())));
    await using listener = await openListener([]);
    const url = `https://127.0.0.1:${listener.port}/`;
    const end = new AbortController();
    const overHttp2 = Promise.all([1, 2, 3].map(() => loadByHttp2(url, 4, end.signal)));
    const wrk = Bun.spawn(["wrk", "-t1", "-c8", "-d600", "-H", "Connection: keep-alive", url], { stdout: "pipe" });
    try {
      for (const next of certificates) {
        listener.use([next]);
        await waitUntil("it is presented", async () => (await presented(listener.port, NAME)) === next.fingerprint);
      }
    } finally {
      end.abort();
      wrk.kill("SIGINT");
    }
    const results = await overHttp2;
    expect(results.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { answered } of results) expect(answered).toBeGreaterThan(SWAPS);
    const report = await new Response(wrk.stdout).text();
    expect(Number(/(\d+) requests in/.exec(report)?.[1])).toBeGreaterThan(SWAPS * 10);
    expect(report).not.toContain("Socket errors");
    expect(report).not.toContain("Non-2xx");
  },
);
