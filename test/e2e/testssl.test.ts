import { expect, test } from "bun:test";
import { join } from "node:path";
import { pebbleIsMissing, startPebble } from "../harness/pebble.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

const NAME = "sites.test";
const NINETY_DAYS_S = 90 * 24 * 60 * 60;
const HARMLESS = ["OK", "INFO", "LOW", "WARN"];
/** What it says of every server in this place, and why that is no fault of the server. */
const EXPECTED: Readonly<Record<string, string>> = {
  cert_revocation: "Pebble names no place where revoked certificates are listed",
  BREACH: "static pages are compressed on purpose: they hold no secret beside what an attacker writes",
};

test.skipIf(pebbleIsMissing !== undefined || Bun.which("testssl") === null)(
  "testssl.sh finds nothing worse than low (needs it and Pebble)",
  async () => {
    await using folder = await temporaryFolder();
    await using pebble = await startPebble({ lifeS: NINETY_DAYS_S });
    const roots = join(folder.path, "roots.pem");
    await Bun.write(roots, await pebble.issuingRoot());
    const acme = ["--acme-directory", pebble.directory, "--acme-roots", pebble.rootsFile];
    const flags = ["--https", "--https-port", "0", ...acme];
    const data = join(folder.path, "data");
    await using server = await startServer({ data, port: pebble.httpPort, domain: NAME, flags });
    await waitUntil("there is a certificate", () => server.output().includes(`${NAME}: certificate until`));
    const port = /https:\/\/sites\.test:(\d+)/.exec(server.output())![1]!;

    const report = join(folder.path, "report.json");
    const checks = ["--protocols", "--server-preference", "--server-defaults", "--fs", "--headers", "--vulnerable"];
    const quietly = ["--quiet", "--color", "0", "--warnings", "off", "--jsonfile", report];
    const where = ["--ip", "127.0.0.1", "--nodns", "min", "--add-ca", roots, `https://${NAME}:${port}/api/v1/health`];
    await Bun.spawn(["testssl", ...quietly, ...checks, ...where], { stdout: "ignore", stderr: "ignore" }).exited;
    const findings = (await Bun.file(report).json()) as Finding[];

    expect(findings.length).toBeGreaterThan(60);
    const worse = findings.filter(({ id, severity }) => !HARMLESS.includes(severity) && !(id in EXPECTED));
    expect(worse).toEqual([]);
  },
);
