import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findFreePorts } from "./free-ports.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A real name server that takes signed updates (RFC 2136, RFC 8945). */
export interface NameServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** The key that updates are signed with; the secret is in base64. */
  readonly key: { readonly name: string; readonly algorithm: "hmac-sha256" | "hmac-sha512"; readonly secret: string };
  /** The same, as `nsupdate -k` reads it. */
  readonly keyFile: string;
}

/** Why tests against it cannot run here, or undefined. */
export const nameServerIsMissing: string | undefined =
  Bun.which("knotd") && Bun.which("dig") ? undefined : "knotd or dig is not installed";

const SECRET = Buffer.from("a key for tests and nothing else").toString("base64");

/** Starts Knot as the primary of one zone, by default at a free port of 127.0.0.1. */
export async function startNameServer(
  zone: string,
  place: { readonly address?: string; readonly port?: number } = {},
): Promise<NameServer> {
  await using cleanup = new AsyncDisposableStack();
  const { path: folder } = cleanup.use(await temporaryFolder());
  const { address = "127.0.0.1", port = (await findFreePorts(1))[0]! } = place;
  const keyFile = join(folder, "tsig.key");
  await mkdir(join(folder, "run"));
  await Bun.write(keyFile, `key "sitepod" { algorithm hmac-sha256; secret "${SECRET}"; };\n`);
  await Bun.write(join(folder, "zone"), `@ 60 SOA ns1 admin 1 60 60 60 60\n@ 60 NS ns1\nns1 60 A ${address}\n`);
  await Bun.write(
    join(folder, "knot.conf"),
    `server:
    listen: ${address}@${port}
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
  const ask = ["dig", `@${address}`, "-p", String(port), "+short", "+time=1", "+tries=1", "SOA", zone];
  await waitUntil(
    "the name server answers",
    async () => (await new Response(Bun.spawn(ask, { stdout: "pipe" }).stdout).text()).includes("admin"),
    { describe: running.output },
  );
  const owned = cleanup.move();
  const key = { name: "sitepod", algorithm: "hmac-sha256", secret: SECRET } as const;
  return { address, port, key, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
