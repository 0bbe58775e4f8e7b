import { X509Certificate } from "node:crypto";
import { connect, type SecureVersion } from "node:tls";
import type { Pebble } from "./pebble.ts";
import { type Server, startServer } from "./server.ts";
import { waitUntil } from "./wait-until.ts";

export const DOMAIN = "sites.test";

/** The server, with certificates from Pebble, which asks for HTTP-01 answers at the server's own port 80. */
export async function startHttpsServer(
  pebble: Pick<Pebble, "directory" | "rootsFile" | "httpPort">,
  data: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const acme = ["--acme-directory", pebble.directory, "--acme-roots", pebble.rootsFile];
  const ports = ["--https", "--https-port", "0"];
  return await startServer({ data, port: pebble.httpPort, domain: DOMAIN, flags: [...ports, ...acme, ...flags], env });
}

export const httpsPort = (server: Server): number => Number(/https:\/\/[^\s/:]+:(\d+)/.exec(server.output())?.[1]);

interface Handshake {
  readonly servername?: string;
  readonly version?: SecureVersion;
}

/** The certificate that a new connection is given, with the protocol agreed on. Throws where there is no agreement. */
export function shake(server: Server, { servername = "", version }: Handshake) {
  return new Promise<{ names: string; issuer: string; protocol: string | null }>((resolve, reject) => {
    const versions = version === undefined ? {} : { minVersion: version, maxVersion: version };
    const options = { port: httpsPort(server), host: "127.0.0.1", servername, rejectUnauthorized: false, ...versions };
    const socket = connect(options, () => {
      const certificate = new X509Certificate(socket.getPeerCertificate().raw);
      resolve({
        names: certificate.subjectAltName ?? "",
        issuer: certificate.issuer,
        protocol: socket.getProtocol(),
      });
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

/** Waits until every new connection for a name is given the authority's certificate: for a moment only some are. */
export function waitForCertificate(server: Server, servername: string): Promise<boolean> {
  const isPresented = async () => {
    const handshakes = await Promise.all(Array.from({ length: 16 }, () => shake(server, { servername })));
    return handshakes.every(({ issuer }) => issuer.includes("Pebble"));
  };
  return waitUntil(`${servername} has a certificate`, isPresented, { describe: server.output });
}

/** Asks for a page by HTTPS as a browser would, verifying the certificate. */
export async function fetchSecurely(server: Server, roots: string, host: string, path = "/"): Promise<Response> {
  return await fetch(`https://127.0.0.1:${httpsPort(server)}${path}`, {
    headers: { Host: host },
    redirect: "manual",
    tls: { ca: roots, serverName: host },
  } as BunFetchRequestInit);
}
