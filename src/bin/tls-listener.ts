import { constants } from "node:crypto";
import type { Certificate } from "#pki";

export interface TlsOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly hostname?: string;
  readonly http3: boolean;
  readonly maxRequestBodySize: number;
  readonly fetch: (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;
  /** For names that have no certificate. */
  readonly selfSigned: Certificate;
  readonly log: (message: string, cause: unknown) => void;
  /** How long HTTP/1.1 clients are told, after a change of certificates, to come back on another connection. */
  readonly retiringMs?: number;
}

/** Listens for HTTPS: HTTP/2 or HTTP/1.1 as the client prefers, TLS 1.2 and 1.3. */
export interface TlsListener {
  readonly port: number;
  /** Uses these certificates for connections from now on, and drops none that is open. */
  use(certificates: readonly Certificate[]): void;
  /** Lets requests under way end for so long. */
  stop(drainMs: number): Promise<void>;
}

const RETIRING_MS = 3000;
/** So long may a download last that began before the change. */
const LINGER_MS = 60 * 60 * 1000;

/** Of TLS 1.2: those with forward secrecy and authenticated encryption, and the server chooses. TLS 1.3 has no others. */
const CIPHERS = {
  ciphers: ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]
    .flatMap((cipher) => [`ECDHE-ECDSA-${cipher}`, `ECDHE-RSA-${cipher}`])
    .join(":"),
  secureOptions: constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
};

/** One listening socket with the certificates it was opened with: Bun cannot change them later. */
interface Generation {
  readonly server: Bun.Server<undefined>;
  isRetiring: boolean;
}

export function listenTls(options: TlsOptions, certificates: readonly Certificate[]): TlsListener {
  checkFree(options.port, options.hostname);
  let current = open(options, options.port, certificates);
  const retired = new Set<Generation>();
  const port = current.server.port!;
  let next: readonly Certificate[] | undefined;
  let swapping: Promise<void> | undefined;

  /** Both listen for a moment: the system shares new connections out between them. */
  async function swap(to: readonly Certificate[]): Promise<void> {
    const old = current;
    current = open(options, port, to);
    old.isRetiring = true;
    retired.add(old);
    await Bun.sleep(options.retiringMs ?? RETIRING_MS);
    void retire(old);
  }

  /** Closes what is idle; what is under way may end. */
  async function retire(old: Generation): Promise<void> {
    await Promise.race([old.server.stop(), sleepUnref(LINGER_MS)]);
    await old.server.stop(true);
    retired.delete(old);
  }

  async function swapAll(): Promise<void> {
    while (next) {
      const to = next;
      next = undefined;
      try {
        await swap(to);
      } catch (cause) {
        options.log("New certificates cannot be used; the ones before are", cause);
      }
    }
    swapping = undefined;
  }

  return {
    port,
    use(to) {
      next = to;
      swapping ??= swapAll();
    },
    async stop(drainMs) {
      next = undefined;
      const servers = [current, ...retired].map(({ server }) => server);
      await Promise.race([Promise.all(servers.map((server) => server.stop())), sleepUnref(drainMs)]);
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

/** Throws EADDRINUSE. Ports that are shared on purpose would also be shared with a second server, by mistake. */
function checkFree(port: number, hostname = "::"): void {
  if (port !== 0) Bun.listen({ port, hostname, socket: { data() {} } }).stop(true);
}

function open(options: TlsOptions, port: number, certificates: readonly Certificate[]): Generation {
  const server: Bun.Server<undefined> = Bun.serve({
    port,
    ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
    reusePort: true,
    http2: true,
    http3: options.http3,
    maxRequestBodySize: options.maxRequestBodySize,
    // The first one answers whoever names no host, or one that is not here: never a tenant's.
    tls: [tlsOf(options.selfSigned), ...certificates.flatMap(entriesOf)],
    fetch(request) {
      const response = options.fetch(request, server);
      return generation.isRetiring && isHttp1(request) ? closeAfter(response) : response;
    },
  });
  const generation: Generation = { server, isRetiring: false };
  return generation;
}

/** Only HTTP/1.1 has this header, in which a client says what it would like (RFC 9113, section 8.2.2). */
const isHttp1 = ({ headers }: Request): boolean => headers.has("connection");

/** HTTP/2 is told by GOAWAY. */
async function closeAfter(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  response.headers.set("Connection", "close");
  return response;
}

const tlsOf = ({ chain, key }: Certificate) => ({ cert: chain, key: key.reveal(), ...CIPHERS });

const entriesOf = (certificate: Certificate) =>
  certificate.names.map((serverName) => ({ serverName, ...tlsOf(certificate) }));

/** Does not keep the process alive. */
const sleepUnref = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
