import { afterAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { type Server, startServer } from "../harness/server.ts";
import { findUnserved, type SiteLoad, startSiteLoad } from "../harness/site-load.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);

type Variables = Readonly<Record<string, string>>;
interface Moved {
  readonly blobs: number;
  readonly copied: number;
  readonly held_ms: number;
  readonly variables: Variables;
}

/** Keys to any bucket of the lab, and where those to move to are. */
const toBuckets: Variables = {
  AWS_ACCESS_KEY_ID: lab.accessKeyId,
  AWS_SECRET_ACCESS_KEY: lab.secretAccessKey,
  SITEPOD_TO_S3_ENDPOINT: lab.endpoint ?? "",
  SITEPOD_TO_S3_REGION: "us-east-1",
};
const newBucketName = async () => (await newBucket(lab)).bucket;

async function move(operator: CommandLine, to: string, data: string, env: Variables): Promise<Moved> {
  const args = ["server", "migrate-storage", to, "--data", data, "--json"];
  const { code, stdout, stderr } = await operator.run(args, { env });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Moved;
}

async function goOn({ acknowledged }: SiteLoad, server: Server): Promise<void> {
  const before = acknowledged.size;
  await waitUntil("deploys go on", () => acknowledged.size > before + 2, { describe: server.output });
}

async function endWithoutFaults(load: SiteLoad, server: Server): Promise<void> {
  await load.end();
  expect(load.faults).toEqual([]);
  expect(load.pages()).toBeGreaterThan(10);
  expect(await findUnserved(server, load.acknowledged)).toEqual([]);
}

async function expectWhole(operator: CommandLine, data: string, env: Variables): Promise<void> {
  expect((await operator.run(["server", "fsck", "--data", data], { env })).code).toBe(0);
}

const reason = lab.endpoint ? "" : ` (skipped: ${lab.skipped})`;

describe.skipIf(!lab.endpoint)(`a server's storage moved under load, with Ceph${reason}`, () => {
  test("from disk to a bucket and back fails no request and loses no release", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const data = join(folder.path, "data");
    const bucket = `s3://${await newBucketName()}`;
    await using server = await startServer({ data, env: toBuckets });
    const { token } = await register(server.url);
    const load = await startSiteLoad(server, token, ["shop", "blog"]);
    const there = await move(operator, bucket, data, toBuckets);
    expect(there).toMatchObject({ is_served: true, variables: { SITEPOD_STORAGE_TYPE: "s3" } });
    await goOn(load, server);
    await endWithoutFaults(load, server);
    await server.kill();

    const stale = await operator.run(["serve", "--data", data, "--port", "0"], { env: toBuckets });
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining(`were moved to ${bucket}`)]);
    const inBucket = { ...toBuckets, ...there.variables };
    await using second = await startServer({ data, env: inBucket });
    expect(await findUnserved(second, load.acknowledged)).toEqual([]);
    const nextLoad = await startSiteLoad(second, token, ["shop", "news"]);
    const back = await move(operator, "local", data, inBucket);
    expect(back.copied).toBeLessThan(back.blobs);
    await goOn(nextLoad, second);
    await endWithoutFaults(nextLoad, second);
    await second.kill();

    await using third = await startServer({ data, env: { ...toBuckets, ...back.variables } });
    expect(await findUnserved(third, new Map([...load.acknowledged, ...nextLoad.acknowledged]))).toEqual([]);
    await expectWhole(operator, data, toBuckets);
    process.stdout.write(`changes waited ${there.held_ms} ms to the bucket, ${back.held_ms} ms back\n`);
  });

  test("from bucket to bucket is followed by every edge in a process of its own", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const data = join(folder.path, "data");
    const [first, next] = [await newBucketName(), await newBucketName()];
    const inFirst = {
      ...toBuckets,
      SITEPOD_STORAGE_TYPE: "s3",
      SITEPOD_S3_BUCKET: first,
      SITEPOD_S3_REGION: "us-east-1",
      SITEPOD_S3_ENDPOINT: lab.endpoint ?? "",
    };
    await using server = await startServer({ data, env: inFirst, flags: ["--workers", "2"] });
    const { token } = await register(server.url);
    const load = await startSiteLoad(server, token, ["shop", "blog"]);
    const { variables } = await move(operator, `s3://${next}`, data, inFirst);
    await goOn(load, server);
    await endWithoutFaults(load, server);
    await expectWhole(operator, data, { ...toBuckets, ...variables });

    // Another's storage is no place to move to, and what was moved is not moved again from where it was.
    const other = join(folder.path, "other");
    await mkdir(join(other, "blobs"), { recursive: true });
    const taken = await operator.run(["server", "migrate-storage", `s3://${next}`, "--data", other], {
      env: toBuckets,
    });
    expect(taken.stderr).toMatch(/There is \S+ already in that storage/);
    const again = await operator.run(["server", "migrate-storage", "local", "--data", data], { env: inFirst });
    expect(again.stderr).toContain(`were moved to s3://${next}`);
  });
});
