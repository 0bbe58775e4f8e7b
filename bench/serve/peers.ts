import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type RunningProcess, startProcess } from "../../test/harness/running-process.ts";
import { waitUntil } from "../../test/harness/wait-until.ts";

/** Another web server, serving the same files with one worker. */
export interface Peer extends AsyncDisposable {
  readonly pid: number;
  /** HTTP/1.1. */
  readonly port: number;
  /** HTTP/2 over TLS. */
  readonly tlsPort: number;
}

/** A certificate and its key, as PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Where Debian puts nginx's modules. Its brotli is one that sends files compressed before, and not part of nginx itself. */
export const BROTLI_MODULE = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/** Starts nginx, tuned for this: sendfile, open files and compressed ones kept, no log, connections never closed. */
export async function startNginx(files: string, scratch: string, tls: Certificate): Promise<Peer> {
  const [port, tlsPort] = [await findFreePort(), await findFreePort()];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${join(scratch, `nginx-${name}`)};`,
  );
  const config = `
    load_module ${BROTLI_MODULE};
    ${process.getuid?.() === 0 ? "user root;" : ""}
    worker_processes 1; daemon off; pid ${join(scratch, "nginx.pid")}; error_log stderr;
    events { worker_connections 1024; }
    http {
      ${temporary.join(" ")}
      access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000;
      open_file_cache max=1000; gzip_static on; brotli_static on;
      types { text/html html; text/javascript js; }
      server {
        listen 127.0.0.1:${port}; listen 127.0.0.1:${tlsPort} ssl http2; root ${files};
        ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key}; ssl_protocols TLSv1.2 TLSv1.3;
      }
    }`;
  const path = join(scratch, "nginx.conf");
  await writeFile(path, config);
  return startPeer(["nginx", "-c", path, "-e", "stderr"], scratch, { port, tlsPort });
}

/** Starts Caddy on one core. */
export async function startCaddy(files: string, scratch: string, tls: Certificate): Promise<Peer> {
  const [port, tlsPort] = [await findFreePort(), await findFreePort()];
  const config = `{
    admin off
    auto_https off
  }
  http://:${port} {
    bind 127.0.0.1
    root * ${files}
    file_server {
      precompressed br gzip
    }
  }
  https://:${tlsPort} {
    bind 127.0.0.1
    tls ${tls.certificate} ${tls.key}
    root * ${files}
    file_server {
      precompressed br gzip
    }
  }`;
  const path = join(scratch, "Caddyfile");
  await writeFile(path, config);
  return startPeer(
    ["caddy", "run", "--config", path, "--adapter", "caddyfile"],
    scratch,
    { port, tlsPort },
    { GOMAXPROCS: "1" },
  );
}

async function startPeer(
  command: readonly string[],
  cwd: string,
  ports: { readonly port: number; readonly tlsPort: number },
  env: Readonly<Record<string, string>> = {},
): Promise<Peer> {
  const running = startProcess(command, { cwd, env });
  await waitUntil(`${command[0]} answers`, () => answers(running, ports.port), { describe: running.output });
  return { pid: running.pid, ...ports, [Symbol.asyncDispose]: () => running.end("SIGTERM") };
}

async function answers(running: RunningProcess, port: number): Promise<boolean> {
  if (running.exitCode() !== undefined) throw new Error(`It has ended:\n${running.output()}`);
  return (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) !== undefined;
}

/** Returns a port that nobody listens on now. */
export function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(port));
  });
  return promise;
}
