import { existsSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { findFreePorts } from "../harness/free-ports.ts";

export interface S3Lab {
  /** Undefined: there is none, and `skipped` says why. */
  readonly endpoint: string | undefined;
  readonly skipped: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Makes an empty bucket. Returns its name. */
  newBucket(): Promise<string>;
  stop(): Promise<void>;
}

const REGION = "us-east-1";
const keys = { accessKeyId: "AKTEST", secretAccessKey: "SKTEST" };

/** Starts a real object store, Ceph's, on this machine. Its packages are fetched once, and not installed. */
export async function startS3Lab(): Promise<S3Lab> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return skipLab("Ceph takes root on Debian");
  const [port, monitorPort] = await findFreePorts(2);
  const ports = { PORT: String(port), MONPORT: String(monitorPort) };
  const { fault } = await run("start", ports);
  if (fault !== undefined) return skipLab(`Ceph did not start: ${fault}`);
  const endpoint = `http://127.0.0.1:${ports.PORT}`;
  const client = new S3Client({ region: REGION, endpoint, forcePathStyle: true, credentials: keys });
  return {
    endpoint,
    skipped: "",
    ...keys,
    async newBucket() {
      const name = `sitepod-${crypto.randomUUID()}`;
      await client.send(new CreateBucketCommand({ Bucket: name }));
      return name;
    },
    stop: async () => void (await run("stop", ports)),
  };
}

function skipLab(skipped: string): S3Lab {
  const newBucket = () => Promise.reject(new Error(skipped));
  return { endpoint: undefined, skipped, ...keys, newBucket, stop: async () => {} };
}

async function run(command: "start" | "stop", ports: Record<string, string>): Promise<{ fault: string | undefined }> {
  const lab = Bun.spawn([join(import.meta.dir, "s3.sh"), command], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...ports },
  });
  const [said, code] = await Promise.all([new Response(lab.stderr).text(), lab.exited]);
  return { fault: code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? "") };
}
