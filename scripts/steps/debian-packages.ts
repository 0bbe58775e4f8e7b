import { existsSync, readdirSync } from "node:fs";
import { runCommand } from "./run-command.ts";

interface DebianPackage {
  readonly name: string;
  /** A command, or the path of a file, that is there when the package is. */
  readonly command: string;
  /** What cannot be tested without it. */
  readonly serves: string;
}

const packages: readonly DebianPackage[] = [
  { name: "hugo", command: "hugo", serves: "the deploy of a site that hugo builds" },
  { name: "chromium", command: "chromium", serves: "the console in a browser" },
  { name: "pebble", command: "pebble", serves: "certificates from an authority" },
  { name: "knot", command: "knotd", serves: "certificates by updates of DNS" },
  { name: "bind9", command: "named", serves: "certificates by updates of DNS" },
  { name: "bind9-dnsutils", command: "nsupdate", serves: "certificates by updates of DNS" },
  { name: "curl", command: "curl", serves: "certificates by a DNS hook" },
  { name: "testssl.sh", command: "testssl", serves: "the strength of TLS" },
  { name: "slowhttptest", command: "slowhttptest", serves: "slow clients that others have written" },
  { name: "postgresql", command: "pg_ctlcluster", serves: "records in PostgreSQL, and several control planes" },
  { name: "wrk", command: "wrk", serves: "changes of certificates under load" },
  { name: "docker.io", command: "dockerd", serves: "the Docker Compose file in a Docker Engine" },
  { name: "haproxy", command: "haproxy", serves: "the load balancer of the documentation" },
  { name: "faketime", command: "faketime", serves: "a clock that is set" },
  { name: "fuse3", command: "fusermount3", serves: "a disk that fails" },
  { name: "python3-fusepy", command: "/usr/lib/python3/dist-packages/fusepy.py", serves: "a disk that fails" },
  { name: "docker-compose", command: "docker-compose", serves: "the Docker Compose file" },
];

/**
 * Installs the tools that tests use, where this is Debian and we are root; only what is missing. Elsewhere says what is
 * skipped. Returns the lines to print. A package that cannot be installed is reported, not fatal: its tests skip.
 */
export async function installDebianPackages(): Promise<string[]> {
  const missing = packages.filter(({ command }) => !isThere(command));
  const hasApt = Bun.which("apt-get") !== null;
  const isRoot = process.getuid?.() === 0;
  if (!hasApt || !isRoot) {
    const reason = hasApt ? "not root" : "not Debian";
    const skipped = missing.map(({ name, serves }) => `skip    ${serves}: ${name} is not installed (${reason})`);
    return hasApt ? skipped : [...skipped, "skip    the deploy of Debian's documentation: no apt-get"];
  }
  // The documentation packages are downloaded, not installed: that needs apt's lists alone.
  const lines: string[] = [];
  if (missing.length > 0 || !hasPackageLists()) lines.push(...(await apt(["update"])));
  const names = missing.map(({ name }) => name);
  if (names.length > 0) lines.push(...(await apt(["install", "--yes", "--no-install-recommends", ...names])));
  return lines;
}

const isThere = (command: string): boolean =>
  command.startsWith("/") ? existsSync(command) : Bun.which(command) !== null;

async function apt(args: readonly string[]): Promise<string[]> {
  const { code, output } = await runCommand(["apt-get", "--quiet=2", ...args], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  const done = `apt-get ${args.join(" ")}`;
  return [code === 0 ? `tools   ${done}` : `tools   ${done} failed, tests that need it skip:\n${output.trim()}`];
}

function hasPackageLists(): boolean {
  try {
    return readdirSync("/var/lib/apt/lists").some((name) => name.endsWith("_Packages") || name.includes("_Packages."));
  } catch {
    return false;
  }
}
