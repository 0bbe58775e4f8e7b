import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findFreePorts } from "./pebble.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A real name server (Knot) with one zone that takes signed updates (RFC 2136, RFC 8945). */
export interface NameServer extends AsyncDisposable {
  readonly port: number;
  /** The key that updates are signed with, as `nsupdate -k` reads it. */
  readonly keyFile: string;
}

const SECRET = Buffer.from("a key for tests and nothing else").toString("base64");

export async function startNameServer(zone: string): Promise<NameServer> {
  await using cleanup = new AsyncDisposableStack();
  const { path: folder } = cleanup.use(await temporaryFolder());
  const [port = 0] = await findFreePorts(1);
  const keyFile = join(folder, "tsig.key");
  await mkdir(join(folder, "run"));
  await Bun.write(keyFile, `key "sitepod" { algorithm hmac-sha256; secret "${SECRET}"; };\n`);
  await Bun.write(join(folder, "zone"), `@ 60 SOA ns1 admin 1 60 60 60 60\n@ 60 NS ns1\nns1 60 A 127.0.0.1\n`);
  await Bun.write(
    join(folder, "knot.conf"),
    `server:
    listen: 127.0.0.1@${port}
    rundir: "${join(folder, "run")}"
database:
    storage: "${folder}"
key:
  - id: sitepod
    algorithm: hmac-sha256
    secret: "${SECRET}"
acl:
  - id: update
    key: sitepod
    action: update
zone:
  - domain: ${zone}
    storage: "${folder}"
    file: zone
    acl: update
`,
  );
  const running = cleanup.use(startProcess(["knotd", "-c", join(folder, "knot.conf")], { cwd: folder }));
  const ask = ["dig", "@127.0.0.1", "-p", String(port), "+short", "+time=1", "+tries=1", "SOA", zone];
  await waitUntil(
    "the name server answers",
    async () => (await new Response(Bun.spawn(ask, { stdout: "pipe" }).stdout).text()).includes("admin"),
    { describe: running.output },
  );
  const owned = cleanup.move();
  return { port, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
