import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { openS3Store } from "#store";
import { collect, filled } from "../../src/store/conformance-contents.ts";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Fault, startFaultyProxy } from "../harness/faulty-proxy.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type BucketAccess, newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);

/** Longer than a pointer is followed without looking again. A minute and more by SITEPOD_TEST_OUTAGE_SECONDS. */
const OUTAGE_MS = Number(process.env.SITEPOD_TEST_OUTAGE_SECONDS ?? 6.5) * 1000;
const VISITORS = 8;

const inBucket = ({ bucket, endpoint, accessKeyId, secretAccessKey }: BucketAccess) => ({
  SITEPOD_STORAGE_TYPE: "s3",
  SITEPOD_S3_BUCKET: bucket,
  SITEPOD_S3_REGION: "us-east-1",
  SITEPOD_S3_ENDPOINT: endpoint!,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

const files = {
  "index.html": "<h1>the front page</h1>".repeat(100),
  "style.css": "body { color: red }".repeat(500),
  "film.bin": filled(2_000_000, 1),
};
const paths = { "/": files["index.html"], "/style.css": files["style.css"], "/film.bin": files["film.bin"] };

/** Visits all pages again and again for a while. Returns how many answers came, and each that was not right. */
async function visit(server: Server, durationMs: number): Promise<{ answers: number; wrong: string[] }> {
  const endMs = performance.now() + durationMs;
  const seen = { answers: 0, wrong: [] as string[] };
  const visitor = async () => {
    while (performance.now() < endMs) {
      for (const [path, content] of Object.entries(paths)) {
        const coding = seen.answers++ % 2 === 0 ? "br" : "identity";
        const headers = { "Accept-Encoding": coding };
        const answer = await fetchHost(server, `shop.${server.domain}`, path, { headers });
        const sent = Buffer.from(await answer.arrayBuffer());
        const body = answer.headers.get("content-encoding") === "br" ? brotliDecompressSync(sent) : sent;
        if (answer.status !== 200 || !body.equals(Buffer.from(content))) seen.wrong.push(`${path}: ${answer.status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: VISITORS }, visitor));
  return seen;
}

const reason = lab.endpoint ? "" : ` (skipped: ${lab.skipped})`;

describe.skipIf(!lab.endpoint)(`a server whose bucket is in Ceph${reason}`, () => {
  test("serves what was visited while the bucket is down, refuses deploys until it is back, and keeps nothing half done", async () => {
    const access = await newBucket(lab);
    await using proxy = await startFaultyProxy(access.endpoint!);
    await using server = await startServer({ env: inBucket({ ...access, endpoint: proxy.endpoint }) });
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    await client.deploy("shop", files, "prod");
    expect((await visit(server, 500)).wrong).toEqual([]);
    const next = { ...files, "index.html": "the next page" };
    const plan = await client.plan("shop", next);
    await client.upload(plan, next);

    for (const fault of ["cut before", "no answer"] satisfies Fault[]) {
      proxy.inject(() => fault);
      const { answers, wrong } = await visit(server, OUTAGE_MS);
      expect(wrong).toEqual([]);
      expect(answers).toBeGreaterThan(100);
      expect(proxy.injected.get(fault)).toBeGreaterThan(0);
      process.stdout.write(`${fault} for ${OUTAGE_MS / 1000} s: ${answers} answers, ${wrong.length} wrong\n`);
      if (fault === "no answer") continue;
      for (const refused of [() => client.commit(plan), () => client.plan("shop", { "index.html": "another" })]) {
        const refusal = await refused().catch((error) => error);
        expect([refusal.status, refusal.message]).toEqual([
          503,
          expect.stringContaining("object store does not answer"),
        ]);
        expect(refusal.message).toContain("try again in a moment");
      }
    }

    proxy.inject(() => undefined);
    const committed = await waitUntil("a deploy works again", () => client.commit(plan).catch(() => undefined));
    expect(committed.version).toBe("v2");
    await client.release("shop", "prod", { version: "v2" });
    expect(await (await fetchHost(server, `shop.${server.domain}`, "/")).text()).toBe("the next page");
    await using folder = await temporaryFolder();
    const store = await openS3Store({ ...access, cacheFolder: folder.path, cacheBytes: 1000 });
    expect((await collect(store.documents.list("releases/"))).toSorted()).toEqual([
      "releases/shop/v1.json",
      "releases/shop/v2.json",
    ]);
    expect(await collect(store.documents.list("tmp/"))).toEqual([]);
    await using operator = await commandLine({ by: "executable" });
    const told = await operator.run(["server", "fsck", "--data", server.data], {
      env: inBucket({ ...access, endpoint: proxy.endpoint }),
    });
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining("All is whole.")]);
    expect(await readdir(join(server.data, "cache", "tmp"))).toEqual([]);
  });

  test("does not start on a bucket that it cannot use, and says why", async () => {
    const access = await newBucket(lab);
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "data"));
    const started = startProcess([executable, "serve", "--data", "data", "--port", "0"], {
      cwd: folder.path,
      env: inBucket({ ...access, bucket: "not-there" }),
    });
    await using _ = started;
    expect(await waitUntil("it ends", () => started.exitCode())).toBe(2);
    expect(started.output()).toContain("The bucket not-there cannot be used: ");
    expect(started.output()).toContain("check the bucket's name, region, endpoint, addressing and keys");
  });
});
