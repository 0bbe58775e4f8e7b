import { existsSync } from "node:fs";
import { join } from "node:path";

export interface S3Lab {
  /** Undefined: there is none, and `skipped` says why. */
  readonly endpoint: string | undefined;
  readonly skipped: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

const STARTS = 3;
const keys = { accessKeyId: "AKTEST", secretAccessKey: "SKTEST" };

/**
 * Starts a real object store, Ceph's, on this machine, beside those that others have started. Its packages are fetched
 * once, and not installed.
 */
export async function startS3Lab(): Promise<S3Lab> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return skipLab("Ceph takes root on Debian");
  let last: string | undefined;
  // A busy machine may be too slow for one start, and a port be another's by then.
  for (let tries = 0; tries < STARTS; tries++) {
    const [port, monitorPort] = freePorts();
    const env = { LAB: `${process.pid}-${port}`, PORT: `${port}`, MONPORT: `${monitorPort}`, OWNER: `${process.pid}` };
    const { fault } = await run("start", env);
    const stop = async () => void (await run("stop", env));
    if (fault === undefined) return { endpoint: `http://127.0.0.1:${port}`, skipped: "", ...keys, stop };
    await stop();
    last = fault;
  }
  process.stdout.write(`Ceph did not start: ${last}\n`);
  return skipLab(`Ceph did not start: ${last}`);
}

function skipLab(skipped: string): S3Lab {
  return { endpoint: undefined, skipped, ...keys, stop: async () => {} };
}

function freePorts(): [number, number] {
  const listeners = [0, 0].map((port) => Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }));
  for (const listener of listeners) listener.stop();
  return listeners.map((listener) => listener.port) as [number, number];
}

async function run(command: "start" | "stop", env: Record<string, string>): Promise<{ fault: string | undefined }> {
  const lab = Bun.spawn([join(import.meta.dir, "s3.sh"), command], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [said, code] = await Promise.all([new Response(lab.stderr).text(), lab.exited]);
  return { fault: code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? "") };
}
