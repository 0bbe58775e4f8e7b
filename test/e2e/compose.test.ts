import { expect, test } from "bun:test";
import { chmod, chown, copyFile, link, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dockerIsMissing, startDocker } from "../harness/docker.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { executable, root } from "../harness/repository.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

const USER = 10_001;
/** The addon that the executable holds in itself. */
const NATIVE_HASH = fileURLToPath(import.meta.resolve(`@napi-rs/blake-hash-linux-${process.arch}-gnu`));
const reason = dockerIsMissing === undefined ? "" : ` (skipped: ${dockerIsMissing})`;

test.skipIf(dockerIsMissing !== undefined)(
  `the Docker Compose file runs the server in a real Docker Engine, and a new executable by making the container anew${reason}`,
  async () => {
    await using docker = await startDocker();
    // Of the image that the file names, these are what it uses.
    await docker.makeImage("debian:bookworm-slim", ["bash", "head", "grep"], [executable, NATIVE_HASH]);

    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    const [port, httpsPort] = (await findFreePorts(2)) as [number, number];
    const file = await readFile(join(root, "docs", "public", "compose.yaml"), "utf8");
    const here = replaceAll(file, {
      '"80:80"': `"127.0.0.1:${port}:80"`,
      '"443:443"': `"127.0.0.1:${httpsPort}:443"`,
      "nofile: 65536": `nofile: ${await mostOpenFiles()}`,
    });
    await writeFile(join(folder.path, "compose.yaml"), here);
    const settings = ["SITEPOD_DOMAIN=sites.test", "SITEPOD_ACME_EMAIL=you@sites.test"];
    await writeFile(join(folder.path, ".env"), `${settings.join("\n")}\n`);
    await mkdir(join(folder.path, "data"), { mode: 0o700 });
    await chown(join(folder.path, "data"), USER, USER);
    const placeExecutable = async () => {
      const aside = join(folder.path, "sitepod.new");
      await link(executable, aside).catch(() => copyFile(executable, aside));
      await rename(aside, join(folder.path, "sitepod"));
    };
    await placeExecutable();

    const compose = (...words: string[]) =>
      docker.run(["docker-compose", "--file", "compose.yaml", ...words], folder.path);
    const becomesHealthy = async () => {
      const [container] = (await compose("ps", "--quiet", "sitepod")).trim().split("\n");
      const inspect = ["docker", "inspect", "--format", "{{.State.Health.Status}}", container!];
      const isHealthy = async () => (await docker.run(inspect, folder.path)).trim() === "healthy";
      await waitUntil("it is healthy", isHealthy, { timeoutMs: 20_000 }).catch(async (cause: unknown) => {
        throw new Error(await compose("logs"), {
          cause,
        });
      });
      return container!;
    };
    // The engine of the test sets up no firewall, which would lead the ports of this machine there.
    const addressOf = async (container: string) => {
      const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
      return (await docker.run(["docker", "inspect", "--format", format, container], folder.path)).trim();
    };
    const ask = async (address: string, path: string, body?: unknown) => {
      const answer = await fetch(`https://${address}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { Host: "sites.test", "Content-Type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
        tls: { rejectUnauthorized: false },
      });
      return (await answer.json()) as unknown;
    };
    await compose("up", "--detach");
    try {
      const first = await becomesHealthy();
      expect(await ask(await addressOf(first), "/api/v1/health")).toMatchObject({ status: "ok" });
      const account = { email: "admin@example.com", password: "correct horse battery staple" };
      const register = { ...account, action: "register" };
      expect(await ask(await addressOf(first), "/api/v1/auth/login", register)).toMatchObject({ created: true });

      await placeExecutable();
      await compose("up", "--detach", "--force-recreate");
      const second = await becomesHealthy();
      expect(second).not.toBe(first);
      expect(await ask(await addressOf(second), "/api/v1/auth/login", account)).toMatchObject({ created: false });
    } finally {
      await compose("down", "--timeout", "5");
    }
  },
);

/** Throws where one of them is not there. */
function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`There is no ${from} to replace`);
    return result.replace(from, to);
  }, text);
}

/** A machine that is itself a container may allow fewer than the file asks for. */
async function mostOpenFiles(): Promise<number> {
  const limits = await readFile("/proc/self/limits", "utf8");
  return Math.min(65_536, Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1] ?? 65_536));
}
