import { join } from "node:path";
import { certificateKey, formatCertificate } from "../../src/pki/certificate.ts";
import { createSelfSigned } from "../../src/pki/mod.ts";
import { findFreePorts } from "./free-ports.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The real server with HTTPS on: `port` is that of HTTPS. */
export interface TlsServer extends Server {
  /** Where it sends HTTP to HTTPS. */
  readonly httpPort: number;
  /** Fingerprints of the certificates that it was given, by the name that each is for. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/**
 * Starts the server with a certificate for each of these names already in its data folder, and no authority to ask for
 * others: what has none is given the server's own. `folder` is where its data folder is made; where absent, a temporary one.
 */
export async function startTlsServer(
  names: readonly string[],
  { folder, ...options }: Omit<ServerOptions, "data" | "port"> & { folder?: string } = {},
): Promise<TlsServer> {
  await using cleanup = new AsyncDisposableStack();
  const data = join(folder ?? cleanup.use(await temporaryFolder()).path, "data");
  const fingerprints = new Map<string, string>();
  for (const name of names) {
    const certificate = await createSelfSigned([name], Date.now());
    fingerprints.set(name, certificate.fingerprint);
    await Bun.write(join(data, certificateKey("issued", name)), formatCertificate(certificate), { mode: 0o600 });
  }
  const [httpPort, nobodyPort] = (await findFreePorts(2)) as [number, number];
  const https = ["--https", "--https-port", "0", "--acme-directory", `https://127.0.0.1:${nobodyPort}/`];
  const server = cleanup.use(
    await startServer({ ...options, data, port: httpPort, flags: [...https, ...(options.flags ?? [])] }),
  );
  const owned = cleanup.move();
  return { ...server, httpPort, fingerprints, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
