import { join } from "node:path";
import { findFreePorts } from "./free-ports.ts";
import type { NameServer } from "./name-server.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** Why tests against it cannot run here, or undefined. */
export const bindIsMissing: string | undefined = Bun.which("named") ? undefined : "named is not installed";

export interface BindOptions {
  readonly algorithm?: "hmac-sha256" | "hmac-sha512";
  /** More lines of the zone file of every zone. */
  readonly records?: readonly string[];
}

const SECRET = Buffer.from("another key for tests and nothing else").toString("base64");

/** Starts BIND as the primary of these zones. It takes updates of TXT records alone. */
export async function startBind(zones: readonly string[], options: BindOptions = {}): Promise<NameServer> {
  await using cleanup = new AsyncDisposableStack();
  const { path: folder } = cleanup.use(await temporaryFolder());
  const { algorithm = "hmac-sha256" } = options;
  const address = "127.0.0.1";
  const [port = 0] = await findFreePorts(1);
  const key = { name: "sitepod", algorithm, secret: SECRET };
  const keyFile = join(folder, "tsig.key");
  await Bun.write(keyFile, `key "${key.name}" { algorithm ${algorithm}; secret "${SECRET}"; };\n`);
  const records = [
    "@ 60 SOA ns1 admin 1 60 60 60 60",
    "@ 60 NS ns1",
    `ns1 60 A ${address}`,
    ...(options.records ?? []),
  ];
  for (const zone of zones) await Bun.write(join(folder, zone), `${records.join("\n")}\n`);
  await Bun.write(
    join(folder, "named.conf"),
    `include "${keyFile}";
controls { };
options {
  directory "${folder}";
  listen-on port ${port} { ${address}; };
  listen-on-v6 { none; };
  pid-file none;
  session-keyfile none;
  recursion no;
  dnssec-validation no;
  notify no;
};
${zones.map((zone) => `zone "${zone}" { type primary; file "${zone}"; update-policy { grant ${key.name} zonesub TXT; }; };`).join("\n")}
`,
  );
  const running = cleanup.use(startProcess(["named", "-g", "-c", join(folder, "named.conf")], { cwd: folder }));
  await waitUntil(
    "BIND runs",
    () => {
      if (running.exitCode() !== undefined) throw new Error(`BIND has ended. It printed:\n${running.output()}`);
      return running.output().includes("all zones loaded");
    },
    { describe: running.output },
  );
  const owned = cleanup.move();
  return { address, port, key, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
