import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { openS3Store } from "#store";
import { describeBackup } from "../../src/upkeep/backup-conformance.ts";
import { type DamagedStore, describeFsck } from "../../src/upkeep/fsck-conformance.ts";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { labClient, newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);

const client = labClient(lab);
const newBucketName = async () => (await newBucket(lab)).bucket;

async function damagedBucket(): Promise<DamagedStore> {
  const cacheFolder = await mkdtemp(join(tmpdir(), "sitepod-s3-"));
  const access = await newBucket(lab);
  const Bucket = access.bucket;
  return {
    store: await openS3Store({ ...access, presigned: false, cacheFolder, cacheBytes: 10_000_000 }),
    async damage(Key, change) {
      const found = await client.send(new GetObjectCommand({ Bucket, Key }));
      const Body = change(await found.Body!.transformToByteArray());
      if (Body) await client.send(new PutObjectCommand({ Bucket, Key, Body }));
      else await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    [Symbol.asyncDispose]: () => rm(cacheFolder, { recursive: true }),
  };
}

const inBucket = (bucket: string) => ({
  SITEPOD_STORAGE_TYPE: "s3",
  SITEPOD_S3_BUCKET: bucket,
  SITEPOD_S3_REGION: "us-east-1",
  SITEPOD_S3_ENDPOINT: lab.endpoint ?? "",
  AWS_ACCESS_KEY_ID: lab.accessKeyId,
  AWS_SECRET_ACCESS_KEY: lab.secretAccessKey,
});

const reason = lab.endpoint ? "" : ` (skipped: ${lab.skipped})`;

describe.skipIf(!lab.endpoint)(`against Ceph${reason}`, () => {
  describeFsck("a store in a bucket", damagedBucket);
  describeBackup("a backup from bucket to bucket", damagedBucket);

  test("a server with its content in a bucket is backed up to another, and restored into a third", async () => {
    await using folder = await temporaryFolder();
    await using operator = await commandLine({ by: "executable" });
    const [first, place, third] = [await newBucketName(), await newBucketName(), await newBucketName()];
    const [data, restored] = [join(folder.path, "data"), join(folder.path, "restored")];
    const mustRun = async (args: readonly string[], bucket: string) => {
      const { code, stderr } = await operator.run(["server", ...args], { env: inBucket(bucket) });
      expect([code, stderr]).toEqual([0, ""]);
    };
    await using server = await startServer({ data, env: inBucket(first) });
    const { token } = await register(server.url);
    const film = "a long film ".repeat(100_000);
    const files = { "index.html": "the front page", "film.bin": film };
    await deployClient({ endpoint: server.url, token }).deploy("shop", files, "prod");
    await mustRun(["backup", `s3://${place}`, "--data", data], first);
    await server.stop();

    await mustRun(["restore", `s3://${place}`, "--data", restored], third);
    await mustRun(["fsck", "--data", restored], third);
    await using again = await startServer({ data: restored, env: inBucket(third) });
    for (const [path, content] of Object.entries(files)) {
      const shown = await fetchHost(again, `shop--v1.${again.domain}`, `/${path.replace("index.html", "")}`);
      expect((await shown.text()) === content).toBe(true);
    }
    await deployClient({ endpoint: again.url, token }).deploy("shop", { "index.html": "the next page" }, "prod");
    expect(await (await fetchHost(again, `shop.${again.domain}`, "/")).text()).toBe("the next page");
  });

  test("a site goes from a disk to a bucket and back, and is the same archive all the way", async () => {
    await using folder = await temporaryFolder();
    const files = { "index.html": "the front page", "film.bin": "a long film ".repeat(100_000) };
    const archives = ["first", "second"].map((name) => join(folder.path, `${name}.tar`)) as [string, string];
    await using onDisk = await startServer();
    await using inS3 = await startServer({ env: inBucket(await newBucketName()) });
    const people = [];
    for (const { url } of [onDisk, inS3]) people.push({ endpoint: url, token: (await register(url)).token });
    await deployClient(people[0]!).deploy("shop", files, "prod");
    await deployClient(people[0]!).deploy("shop", { "index.html": "the next page" }, "beta");
    await using disk = await commandLine(people[0]!);
    await using bucket = await commandLine(people[1]!);
    const mustRun = async (person: typeof disk, args: readonly string[]) => {
      const { code, stderr } = await person.run([...args, "--json"]);
      expect([code, stderr]).toEqual([0, ""]);
    };
    await mustRun(disk, ["export", "shop", "--output", archives[0]]);
    await mustRun(bucket, ["import", archives[0]]);
    for (const [path, content] of Object.entries(files)) {
      const shown = await fetchHost(inS3, `shop.${inS3.domain}`, `/${path.replace("index.html", "")}`);
      expect((await shown.text()) === content).toBe(true);
    }
    await mustRun(bucket, ["export", "shop", "--output", archives[1]]);
    expect(await Bun.file(archives[1]).bytes()).toEqual(await Bun.file(archives[0]).bytes());
    await mustRun(disk, ["import", archives[1], "--name", "store"]);
    expect(await (await fetchHost(onDisk, `store-beta.${onDisk.domain}`, "/")).text()).toBe("the next page");
  });
});
