import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { createSelfSigned } from "../../src/pki/mod.ts";
import { findFreePorts } from "./free-ports.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A real certificate authority for tests, with a DNS server whose records it believes. */
export interface Pebble extends AsyncDisposable {
  /** The URL of its directory. */
  readonly directory: string;
  /** Where it looks for HTTP-01 answers, on this machine. */
  readonly httpPort: number;
  /** PEM file that its own HTTPS is verified by. */
  readonly rootsFile: string;
  readonly folder: string;
  /** An executable DNS hook that writes to its DNS server. */
  readonly dnsHook: string;
  /** PEM of the root of what it issues. */
  issuingRoot(): Promise<string>;
  /** Everything it printed. */
  output(): string;
}

export interface PebbleOptions {
  /** Per cent of good nonces to refuse. */
  readonly refusedNonces?: number;
  /** Ask for external account binding with this id and key (base64url). */
  readonly binding?: { readonly id: string; readonly key: string };
  /** Ask this DNS server, `127.0.0.1:5353`, instead of the one whose records tests set. */
  readonly dnsServer?: string;
  /** Seconds that certificates live; Pebble's own default is five years. */
  readonly lifeS?: number;
}

/** Why tests against it cannot run here, or undefined. */
export const pebbleIsMissing: string | undefined =
  Bun.which("pebble") && Bun.which("pebble-challtestsrv") ? undefined : "pebble is not installed";

export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  await using cleanup = new AsyncDisposableStack();
  const { path: folder } = cleanup.use(await temporaryFolder());
  const [port, managementPort, httpPort, tlsPort, dnsPort, dnsManagementPort] = await findFreePorts(6);
  const certificate = await createSelfSigned(["localhost"], Date.now());
  const rootsFile = join(folder, "roots.pem");
  await Bun.write(rootsFile, certificate.chain);
  await Bun.write(join(folder, "key.pem"), certificate.key.reveal());
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: rootsFile,
    privateKey: join(folder, "key.pem"),
    httpPort,
    tlsPort,
    ocspResponderURL: "",
    externalAccountBindingRequired: options.binding !== undefined,
    externalAccountMACKeys: options.binding ? { [options.binding.id]: options.binding.key } : {},
    ...(options.lifeS === undefined ? {} : { certificateValidityPeriod: options.lifeS }),
  };
  await Bun.write(join(folder, "pebble.json"), JSON.stringify({ pebble: config }));

  const nowhere = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""];
  const dnsCommand = ["pebble-challtestsrv", "-dns01", `127.0.0.1:${dnsPort}`, ...nowhere];
  cleanup.use(startProcess([...dnsCommand, "-management", `127.0.0.1:${dnsManagementPort}`], { cwd: folder }));
  const command = [
    "pebble",
    "-config",
    join(folder, "pebble.json"),
    "-dnsserver",
    options.dnsServer ?? `127.0.0.1:${dnsPort}`,
  ];
  const running = cleanup.use(
    startProcess(command, {
      cwd: folder,
      env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: String(options.refusedNonces ?? 0) },
    }),
  );

  const tls = { ca: certificate.chain };
  const directory = `https://localhost:${port}/dir`;
  const describe = () => `It printed:\n${running.output()}`;
  await waitUntil("Pebble answers", async () => (await fetch(directory, { tls }).catch(() => undefined))?.ok, {
    describe,
  });
  const dnsHook = join(folder, "dns-hook");
  await Bun.write(dnsHook, hookFor(dnsManagementPort!));
  await chmod(dnsHook, 0o755);
  const owned = cleanup.move();
  return {
    directory,
    httpPort: httpPort!,
    rootsFile,
    folder,
    dnsHook,
    output: running.output,
    issuingRoot: async () => await (await fetch(`https://localhost:${managementPort}/roots/0`, { tls })).text(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As an operator would write one. Removing takes all of a name's values: the server calls it when all are used. */
const hookFor = (port: number): string => `#!/bin/sh
set -eu
case "$SITEPOD_DNS_ACTION" in
  present) path=set-txt body="{\\"host\\": \\"$SITEPOD_DNS_NAME.\\", \\"value\\": \\"$SITEPOD_DNS_VALUE\\"}" ;;
  cleanup) path=clear-txt body="{\\"host\\": \\"$SITEPOD_DNS_NAME.\\"}" ;;
esac
exec curl --silent --show-error --fail --data "$body" "http://127.0.0.1:${port}/$path"
`;
