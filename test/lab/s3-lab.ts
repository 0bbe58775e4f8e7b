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

const ENDPOINT = "http://127.0.0.1:7480";
const keys = { accessKeyId: "AKTEST", secretAccessKey: "SKTEST" };

/** Starts a real object store, Ceph's, on this machine. Its packages are fetched once, and not installed. */
export async function startS3Lab(): Promise<S3Lab> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return skipLab("Ceph takes root on Debian");
  const { fault } = await run("start");
  if (fault !== undefined) return skipLab(`Ceph did not start: ${fault}`);
  return { endpoint: ENDPOINT, skipped: "", ...keys, stop: async () => void (await run("stop")) };
}

function skipLab(skipped: string): S3Lab {
  return { endpoint: undefined, skipped, ...keys, stop: async () => {} };
}

async function run(command: "start" | "stop"): Promise<{ fault: string | undefined }> {
  const lab = Bun.spawn([join(import.meta.dir, "s3.sh"), command], { stdio: ["ignore", "ignore", "pipe"] });
  const [said, code] = await Promise.all([new Response(lab.stderr).text(), lab.exited]);
  return { fault: code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? "") };
}
