import { constants } from "node:crypto";
import type { Certificate } from "#pki";
import { closeAfter, FAREWELL_MS, untilQuiet } from "./drain.ts";
import { checkFree } from "./port-in-use.ts";

export interface TlsOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly hostname?: string;
  readonly http3: boolean;
  readonly maxRequestBodySize: number;
  /** Whether others listen on the port too: who opens them has looked that nobody else does. */
  readonly isShared?: boolean;
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
  /** Lets requests under way end for so long, after HTTP/1.1 clients that are busy were told to close, for `farewellMs`. */
  stop(drainMs: number, farewellMs?: number): Promise<void>;
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
  /** Requests over HTTP/1.1 since then. */
  lateRequests: number;
}

export function listenTls(options: TlsOptions, certificates: readonly Certificate[]): TlsListener {
  if (!options.isShared) checkFree(options.port, options.hostname);
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
    async stop(drainMs, farewellMs = FAREWELL_MS) {
      next = undefined;
      const last = current;
      last.isRetiring = true;
      await untilQuiet(() => last.lateRequests, Math.min(farewellMs, drainMs));
      const servers = [current, ...retired].map(({ server }) => server);
      await Promise.race([Promise.all(servers.map((server) => server.stop())), sleepUnref(drainMs)]);
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
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
      if (!generation.isRetiring || !isHttp1(request)) return response;
      generation.lateRequests++;
      return closeAfter(response);
    },
  });
  const generation: Generation = { server, isRetiring: false, lateRequests: 0 };
  return generation;
}

/** Only HTTP/1.1 has this header, in which a client says what it would like (RFC 9113, section 8.2.2). */
const isHttp1 = ({ headers }: Request): boolean => headers.has("connection");

const tlsOf = ({ chain, key }: Certificate) => ({ cert: chain, key: key.reveal(), ...CIPHERS });

const entriesOf = (certificate: Certificate) =>
  certificate.names.map((serverName) => ({ serverName, ...tlsOf(certificate) }));

/** Does not keep the process alive. */
const sleepUnref = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
