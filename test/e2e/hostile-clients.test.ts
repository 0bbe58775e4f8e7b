import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { connect } from "node:tls";
import { root } from "../harness/repository.ts";
import { startServer } from "../harness/server.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";
import { type AttackKind, DOMAIN, FILM, LOCKED_SITE, type Progress, SITE } from "./hostile/target.ts";
import { type Attack, prepare, type Target, withstand } from "./hostile/withstand.ts";

type Row = readonly [kind: AttackKind, hasBegun: (progress: Progress) => boolean];

/** Attacks, and what must be seen of each before visitors are asked how they fare. */
const overTcp: readonly Row[] = [
  ["idle", ({ open }) => open >= 5000],
  ["slow headers", ({ open }) => open >= 2000],
  ["slow bodies", ({ open }) => open >= 2000],
  ["slow readers", ({ open }) => open >= 1000],
  ["unknown hosts", ({ answered }) => answered > 10_000],
  ["range bombs", ({ answered }) => answered > 500],
  ["header bombs", ({ answered }) => answered > 500],
  ["passwords", ({ answered }) => answered > 500],
];
const overTls: readonly Row[] = [
  ["idle", ({ open }) => open >= 5000],
  ["slow headers", ({ open }) => open >= 2000],
  ["slow readers", ({ open }) => open >= 1000],
  ["unknown hosts", ({ answered }) => answered > 10_000],
  ["unknown names", ({ answered }) => answered > 1000],
];

/** The attacker tells how it goes in lines of JSON. */
function parseProgress(output: string): Progress {
  const line = output.trimEnd().split("\n").at(-1);
  return line?.endsWith("}") ? (JSON.parse(line) as Progress) : { open: 0, answered: 0 };
}

function ownAttack([kind, hasBegun]: Row, port: number, transport: "tcp" | "tls", check?: Attack["check"]): Attack {
  return {
    name: `${kind}, over ${transport.toUpperCase()}`,
    command: [process.execPath, join(root, "test/e2e/hostile/attack.ts"), kind, String(port), transport],
    hasBegun: (output) => hasBegun(parseProgress(output)),
    describe(before, after, tookMs) {
      const perSecond = ((parseProgress(after).answered - parseProgress(before).answered) / tookMs) * 1000;
      return `${parseProgress(before).open} connections, ${perSecond.toFixed(0)} answers/s; `;
    },
    ...(check && { check }),
  };
}

/**
 * The visitors are this process, the attacker another on the same machine. It has the lowest priority, so the server sees
 * as much of the attack as two cores can carry, which is printed.
 */
describe.skipIf(process.platform !== "linux")(
  "while others attack, visitors are answered in time (needs Linux):",
  () => {
    let target: Target;
    beforeAll(async () => {
      target = await prepare(await startServer({ domain: DOMAIN }));
    });
    afterAll(() => target?.server[Symbol.asyncDispose]());

    test.each(overTcp)("%s", (...[kind, hasBegun]) =>
      withstand(target, ownAttack([kind, hasBegun], target.server.port, "tcp")),
    );

    const isMissing = Bun.which("slowhttptest") === null;
    const slow = [
      ["slow headers", ["-H", "-i", "2", "-u", `http://${SITE}/`]],
      ["slow bodies", ["-B", "-i", "2", "-s", "100000", "-u", `http://${DOMAIN}/api/v1/auth/login`]],
      ["slow readers", ["-X", "-n", "5", "-z", "32", "-u", `http://${SITE}${FILM}`]],
      ["ranges", ["-R", "-u", `http://${SITE}${FILM}`]],
    ] as const;
    test.skipIf(isMissing).each(slow)("%s of slowhttptest (needs it)", (name, flags) => {
      const all = ["-c", "1000", "-r", "1000", "-l", "60", "-d", `127.0.0.1:${target.server.port}`, ...flags];
      return withstand(target, {
        name: `${name} of slowhttptest`,
        // It would keep what it prints to a pipe until there is much of it.
        command: ["stdbuf", "-oL", "slowhttptest", ...all],
        hasBegun: (output) => /(?:connected|closed): .*?[1-9]\d\d/s.test(output),
      });
    });
  },
);

describe.skipIf(process.platform !== "linux")(
  "while others attack over TLS, visitors are answered in time (needs Linux):",
  () => {
    let server: TlsServer;
    let target: Target;
    beforeAll(async () => {
      const certified = [DOMAIN, `api.${DOMAIN}`, `console.${DOMAIN}`, SITE, LOCKED_SITE];
      server = await startTlsServer(certified, { domain: DOMAIN });
      target = await prepare({ ...server, isTls: true });
    });
    afterAll(() => server?.[Symbol.asyncDispose]());

    /** Unknown names are given the server's own certificate, and known ones theirs. */
    async function checkCertificates(): Promise<void> {
      for (const [name, fingerprint] of server.fingerprints)
        expect(await presented(server.port, name)).toBe(fingerprint);
      const shown = new Set<string>();
      for (let i = 0; i < 50; i++) {
        for (const name of [`y${i}.${DOMAIN}`, `y${i}.evil.test`, `${i}.${SITE}`])
          shown.add(await presented(server.port, name));
      }
      expect(shown.size).toBe(1);
      expect([...server.fingerprints.values()]).not.toContain([...shown][0]);
    }

    test.each(overTls)("%s", (...[kind, hasBegun]) =>
      withstand(target, ownAttack([kind, hasBegun], server.port, "tls", checkCertificates)),
    );
  },
);

/** The fingerprint of the certificate that a new connection for a name is given. */
function presented(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
