// npm run bench -- serve: serves files beside nginx and Caddy, in turns, and prints one JSON document.
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { register } from "../test/harness/account.ts";
import { commandLine } from "../test/harness/command-line.ts";
import { type Server, startServer } from "../test/harness/server.ts";
import { temporaryFolder } from "../test/harness/temporary-folder.ts";
import { fetchHost } from "../test/harness/tenant.ts";
import { type Load, measureLoad, type Protocol, type Speed, STREAMS, type Target } from "./load.ts";
import { median } from "./median.ts";
import { type Certificate, findFreePort, startCaddy, startNginx } from "./peers.ts";
import { processTree } from "./process-tree.ts";
import { run } from "./run.ts";

const ROUNDS = 5;
const ROUND_S = 2;
const CONNECTIONS = 64;
const SITE = "bench";
const FILES = { "page.txt": 4096, "photo.bin": 100 * 1024, "film.bin": 10 * 1024 * 1024 };
const CASES = [
  { name: "4 KiB page", protocol: "http/1.1", path: "/page.txt", revalidate: false },
  { name: "4 KiB page, 304", protocol: "http/1.1", path: "/page.txt", revalidate: true },
  { name: "100 KiB file", protocol: "http/1.1", path: "/photo.bin", revalidate: false },
  { name: "10 MiB file", protocol: "http/1.1", path: "/film.bin", revalidate: false },
  { name: "4 KiB page, HTTP/2 + TLS", protocol: "h2", path: "/page.txt", revalidate: false },
  { name: "4 KiB page, 304, HTTP/2 + TLS", protocol: "h2", path: "/page.txt", revalidate: true },
] as const;
const NO_AUTHORITY = "https://127.0.0.1:9/directory";

/** Measures every case. Throws where a tool is missing or a server does not answer as it should. */
export async function benchServe(): Promise<unknown> {
  requireTools();
  await using folder = await temporaryFolder();
  const files = join(folder.path, "files");
  await writeFiles(files);
  const certificate = await makeCertificate(folder.path);
  await using nginx = await startNginx(files, folder.path, certificate);
  await using caddy = await startCaddy(files, folder.path, certificate);
  await using plain = await startServer();
  // With no authority to ask, it serves by the certificate that it made itself.
  const flags = ["--https", "--https-port", "0", "--acme-directory", NO_AUTHORITY];
  await using secure = await startServer({ port: await findFreePort(), flags });
  for (const server of [plain, secure]) await deploy(server, files);

  const targets: Record<Protocol, readonly Target[]> = {
    "http/1.1": [
      { name: "sitepod", pid: plain.pid, port: plain.port },
      { name: "nginx", pid: nginx.pid, port: nginx.port },
      { name: "caddy", pid: caddy.pid, port: caddy.port },
    ],
    h2: [
      { name: "sitepod", pid: secure.pid, port: secure.port },
      { name: "nginx", pid: nginx.pid, port: nginx.tlsPort },
      { name: "caddy", pid: caddy.pid, port: caddy.tlsPort },
    ],
  };
  for (const { pid } of Object.values(targets).flat()) await pin(pid);
  const host = `${SITE}.${plain.domain}`;
  const results: Record<string, unknown> = {};
  for (const { name, revalidate, ...load } of CASES) {
    // A content's tag is the same on both of our servers; nginx and Caddy have one for both ports.
    const etags = await Promise.all(
      targets["http/1.1"].map((target) => (revalidate ? findEtag(target, host, load.path) : undefined)),
    );
    results[name] = await measureCase(targets[load.protocol], etags, { ...load, host });
  }
  return {
    machine: { processor: cpus()[0]?.model, cores: availableParallelism() },
    method: {
      tools: ["wrk -t1", `h2load -t1 -m${STREAMS}`],
      connections: CONNECTIONS,
      rounds: ROUNDS,
      round_s: ROUND_S,
    },
    results,
  };
}

async function measureCase(
  targets: readonly Target[],
  etags: readonly (string | undefined)[],
  load: Pick<Load, "protocol" | "host" | "path">,
) {
  const speeds = targets.map((): Speed[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, target] of targets.entries()) {
      const speed = await measureLoad(target, {
        ...load,
        etag: etags[i],
        connections: CONNECTIONS,
        durationS: ROUND_S,
      });
      speeds[i]!.push(speed);
    }
  }
  const [sitepod, nginx, caddy] = speeds.map(medianSpeed) as [Speed, Speed, Speed];
  return { sitepod, nginx, caddy, to_nginx: ratio(sitepod, nginx), to_caddy: ratio(sitepod, caddy) };
}

function requireTools(): void {
  const missing = ["nginx", "caddy", "wrk", "h2load", "openssl", "taskset"].filter((tool) => Bun.which(tool) === null);
  if (missing.length === 0) return;
  const packages = "nginx-light caddy wrk nghttp2-client openssl util-linux";
  throw new Error(`${missing.join(", ")} missing: apt-get install ${packages}`);
}

/** Keeps a server to the first core: the load comes from the last. */
async function pin(pid: number): Promise<void> {
  for (const process of processTree(pid)) await run(["taskset", "-acp", "0", `${process}`]);
}

async function findEtag(target: Target, host: string, path: string): Promise<string> {
  const response = await fetchHost(target, host, path);
  await response.arrayBuffer();
  return response.headers.get("ETag") ?? "";
}

async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, size] of Object.entries(FILES)) await writeFile(join(folder, name), randomBytes(size));
}

/** Makes a certificate of the same kind as our own. */
async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench"];
  await run(["openssl", "req", "-x509", ...kind, "-keyout", key, "-out", certificate]);
  return { certificate, key };
}

async function deploy({ url }: Server, folder: string): Promise<void> {
  const { token } = await register(url);
  await using person = await commandLine({ endpoint: url, token });
  const { code, stderr } = await person.run(["deploy", folder, "--prod", "--name", SITE, "--yes"]);
  if (code !== 0) throw new Error(`The deploy failed:\n${stderr}`);
}

const medianSpeed = (speeds: readonly Speed[]): Speed => ({
  requests_per_s: Math.round(median(speeds.map((speed) => speed.requests_per_s))),
  requests_per_cpu_s: Math.round(median(speeds.map((speed) => speed.requests_per_cpu_s))),
});

const ratio = (ours: Speed, theirs: Speed): Speed => ({
  requests_per_s: round2(ours.requests_per_s / theirs.requests_per_s),
  requests_per_cpu_s: round2(ours.requests_per_cpu_s / theirs.requests_per_cpu_s),
});

const round2 = (value: number) => Math.round(value * 100) / 100;
