import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { blobKey } from "#model";
import { hashBytes, openS3Store, type Store } from "#store";
import { describeStore } from "../../src/store/conformance.ts";
import { bodyOf, collect, commit, stagedOf } from "../../src/store/conformance-contents.ts";
import { Bucket } from "../../src/store/s3-bucket.ts";
import { createS3Client } from "../../src/store/s3-client.ts";
import { probeBucket } from "../../src/store/s3-probe.ts";
import { removeLeftovers } from "../../src/store/s3-leftovers.ts";
import { type Fault, FAULTS, type FaultyProxy, inTurn, startFaultyProxy } from "../harness/faulty-proxy.ts";
import { type TemporaryFolder, temporaryFolder } from "../harness/temporary-folder.ts";
import { type BucketAccess, labClient, newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);

const DAY_MS = 24 * 60 * 60 * 1000;
const LOST: readonly Fault[] = ["answer lost", "done, yet 500", "no answer"];

interface Stand extends AsyncDisposable {
  readonly proxy: FaultyProxy;
  readonly access: BucketAccess;
  readonly store: Store;
  readonly cache: TemporaryFolder;
}

/** Those that are only noticed by waiting come more rarely. */
const WAITED_FOR: readonly Fault[] = ["no answer", "stalled body"];
const QUICK = FAULTS.filter((fault) => !WAITED_FOR.includes(fault));
const MIXED = [...QUICK, ...QUICK, ...WAITED_FOR];

/** A store in a bucket behind a proxy that injects nothing yet. */
async function stand(answerTimeoutMs = 1000): Promise<Stand> {
  const direct = await newBucket(lab);
  await using cleanup = new AsyncDisposableStack();
  const proxy = cleanup.use(await startFaultyProxy(direct.endpoint!));
  const cache = cleanup.use(await temporaryFolder());
  const access = { ...direct, endpoint: proxy.endpoint, answerTimeoutMs };
  const store = await openS3Store({ ...access, cacheFolder: cache.path, cacheBytes: 100_000_000 });
  const owned = cleanup.move();
  return { proxy, access, store, cache, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error) => error.code,
  );

const reason = lab.endpoint ? "" : ` (skipped: ${lab.skipped})`;

describe.skipIf(!lab.endpoint)(`against Ceph behind a faulty network${reason}`, () => {
  describeStore("the store in a bucket, of whose requests one in 50 meets a fault", async () => {
    const { proxy, store, cache, [Symbol.asyncDispose]: end } = await stand(3000);
    proxy.inject(inTurn(MIXED, 50));
    return {
      store,
      async close() {
        expect(new Set(proxy.injected.keys())).toEqual(new Set(FAULTS));
        expect(await readdir(join(cache.path, "tmp"))).toEqual([]);
        await end();
      },
    };
  });

  describe("a document", () => {
    let at: Stand;
    let key: string;
    beforeAll(async () => {
      at = await stand();
    });
    afterAll(() => at[Symbol.asyncDispose]());
    beforeEach(async () => {
      at.proxy.inject(() => undefined);
      key = `refs/site-${crypto.randomUUID()}/prod.json`;
      await at.store.documents.create(`${key.slice(0, -5)}-before.json`, "the probe is over");
    });
    /** Injects a fault into the next put alone. */
    function oneBadPut(fault: Fault): void {
      let isDone = false;
      at.proxy.inject(({ method }) => {
        if (method !== "PUT" || isDone) return undefined;
        isDone = true;
        return fault;
      });
    }

    for (const fault of LOST) {
      test(`belongs to whoever created it, though: ${fault}`, async () => {
        oneBadPut(fault);
        expect(await at.store.documents.create(key, "mine")).toBe(true);
        expect(await at.store.documents.create(key, "another's")).toBe(false);
        expect(await at.store.documents.read(key)).toBe("mine");
      });

      test(`was replaced by whoever replaced it, though: ${fault}`, async () => {
        await at.store.documents.create(key, "1");
        oneBadPut(fault);
        expect(await at.store.documents.replace(key, "1", "2")).toBe(true);
        expect(await at.store.documents.replace(key, "1", "3")).toBe(false);
        expect(await at.store.documents.read(key)).toBe("2");
      });
    }

    test("was replaced, though another replaced it again before the lost answer was missed", async () => {
      await at.store.documents.create(key, "1");
      let puts = 0;
      const { promise: isPut, resolve: put } = Promise.withResolvers<void>();
      at.proxy.inject(({ method }) => {
        if (method !== "PUT") return undefined;
        puts++;
        if (puts > 1) put();
        return puts === 1 ? "answer lost" : puts === 2 ? "no answer" : undefined;
      });
      const first = at.store.documents.replace(key, "1", "2");
      await isPut;
      expect(await at.store.documents.replace(key, "2", "3")).toBe(true);
      expect(await first).toBe(true);
      expect(await at.store.documents.read(key)).toBe("3");
    });

    test("that may or may not have been written is settled by who asks again", async () => {
      at.proxy.inject(({ method }) => (method === "PUT" ? "internal error" : undefined));
      expect(await codeOf(at.store.documents.create(key, "mine"))).toBe("unavailable");
      at.proxy.inject(() => undefined);
      expect(await at.store.documents.read(key)).toBeUndefined();
      expect(await at.store.documents.create(key, "mine")).toBe(true);
    });
  });

  describe("a blob above 16 MiB", () => {
    const content = new Uint8Array(randomBytes(20 * 1024 * 1024));
    const digest = hashBytes(content);
    const parts = (bucket: string) => labClient(lab).send(new ListMultipartUploadsCommand({ Bucket: bucket }));

    test("goes up in parts, each tried again by itself, and comes back whole though bodies are cut", async () => {
      await using at = await stand();
      const lost = new Set<string>();
      at.proxy.inject(({ method, path }) => {
        const part = /partNumber=\d+/.exec(path)?.[0] ?? (method === "GET" || method === "POST" ? method : undefined);
        if (part === undefined || lost.has(part)) return undefined;
        lost.add(part);
        return method === "GET" ? "cut in the body" : "answer lost";
      });
      await at.store.blobs.write(digest, content.length, bodyOf(content, 1_000_000));
      expect([...lost].filter((part) => part.startsWith("part"))).toHaveLength(3);
      expect(hashBytes((await at.store.blobs.bytes(digest))!)).toBe(digest);
      expect(at.proxy.injected.get("cut in the body")).toBe(1);
      await commit(at.store, "ws1", content);
      expect(await at.store.blobs.size(digest)).toBe(content.length);
    });

    test("of which a part is refused leaves nothing", async () => {
      await using at = await stand();
      at.proxy.inject(({ path }) => (path.includes("partNumber=2") ? "internal error" : undefined));
      expect(await codeOf(at.store.uploads.stage("ws1", digest, content.length, bodyOf(content)))).toBe("unavailable");
      expect((await parts(at.access.bucket)).Uploads ?? []).toEqual([]);
      expect(await stagedOf(at.store.uploads, "ws1", [digest])).toEqual(new Set());
      expect(await readdir(join(at.cache.path, "tmp"))).toEqual([]);
    });

    test("whose server was killed leaves parts for a day", async () => {
      const access = await newBucket(lab);
      const bucket = new Bucket(createS3Client({ ...access, cacheFolder: "", cacheBytes: 0 }), access.bucket);
      await bucket.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.name, Key: blobKey(digest) }));
      await bucket.put("tmp/probe-1/document", "left by a killed server");
      await bucket.put(blobKey(digest), content);
      await removeLeftovers(bucket, Date.now() + DAY_MS - 60_000);
      expect((await parts(access.bucket)).Uploads).toHaveLength(1);
      expect(await bucket.has("tmp/probe-1/document")).toBe(true);
      await removeLeftovers(bucket, Date.now() + DAY_MS + 60_000);
      expect((await parts(access.bucket)).Uploads ?? []).toEqual([]);
      expect((await collect(bucket.list(""))).map(({ key }) => key)).toEqual([blobKey(digest)]);
    });
  });

  test("servers that probe a bucket at once all find it good, and leave nothing", async () => {
    const access = await newBucket(lab);
    const bucket = new Bucket(labClient(lab), access.bucket);
    const found = await Promise.all(["a", "b", "c", "d", "e"].map((id) => probeBucket(bucket, id)));
    expect(new Set(found)).toEqual(new Set(["quoted"]));
    expect(await collect(bucket.list(""))).toEqual([]);
  });

  test("a bucket that is not there, or that the keys do not open, is refused with what to check", async () => {
    const access = await newBucket(lab);
    await using folder = await temporaryFolder();
    const open = (wrong: Partial<BucketAccess>) =>
      openS3Store({ ...access, ...wrong, cacheFolder: folder.path, cacheBytes: 1000, isProbedAtOnce: true });
    await expect(open({ bucket: "not-there" })).rejects.toThrow("NoSuchBucket");
    await expect(open({ secretAccessKey: "wrong" })).rejects.toThrow("SignatureDoesNotMatch");
  });
});
