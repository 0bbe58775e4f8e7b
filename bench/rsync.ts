import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "../test/harness/running-process.ts";
import { waitUntil } from "../test/harness/wait-until.ts";
import { findFreePort } from "./serve/peers.ts";
import { run } from "./run.ts";

/** rsync over ssh, to an ssh server of the benchmark's own on this machine. */
export interface Rsync extends AsyncDisposable {
  /** Copies a tree with `-a`, and waits until the copy is on the disk: a deploy is durable when it says so. */
  copy(from: string, to: string): Promise<void>;
}

/** Starts the ssh server on a free port, with keys made for it. Its files are in `scratch`. */
export async function startRsync(scratch: string): Promise<Rsync> {
  const sshd = Bun.which("sshd") ?? Bun.which("/usr/sbin/sshd");
  if (!sshd || !Bun.which("rsync")) throw new Error("Missing: apt-get install rsync openssh-server");
  const folder = join(scratch, "ssh");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [hostKey, key] = [join(folder, "host"), join(folder, "id")];
  for (const path of [hostKey, key]) await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]);
  const keys = join(folder, "authorized_keys");
  await writeFile(keys, await readFile(`${key}.pub`));
  await chmod(keys, 0o600);
  // OpenSSH wants it where it is started by root; Debian's package makes it at the first start of the machine's own.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const port = await findFreePort();
  const config = join(folder, "sshd_config");
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${keys}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  await using cleanup = new AsyncDisposableStack();
  const running = cleanup.use(startProcess([sshd, "-D", "-e", "-f", config], { cwd: folder }));
  const ssh = `ssh -F none -p ${port} -i ${key} -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR`;
  const there = "127.0.0.1";
  await waitUntil(
    "sshd answers",
    async () =>
      (await Bun.spawn([...ssh.split(" "), there, "true"], { stdio: ["ignore", "ignore", "ignore"] }).exited) === 0,
    { describe: running.output },
  );
  const owned = cleanup.move();
  return {
    copy: async (from, to) => {
      await run(["rsync", "-a", "-e", ssh, `${from}/`, `${there}:${to}/`]);
      await run(["sync", "-f", to]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
