import { randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import { parseDigest } from "#model";
import { openBlobCache } from "./blob-cache.ts";
import { makeFolder } from "./durable-files.ts";
import type { S3Options, Store } from "./ports.ts";
import { S3Blobs } from "./s3-blobs.ts";
import { Bucket } from "./s3-bucket.ts";
import { createS3Client } from "./s3-client.ts";
import { S3Documents } from "./s3-documents.ts";
import { S3Encodings } from "./s3-encodings.ts";
import { probeBucket } from "./s3-probe.ts";
import { S3Uploads } from "./s3-uploads.ts";
import { Scratch } from "./scratch.ts";
import { verifiedBody } from "./verified-body.ts";

/**
 * Opens the store in a bucket, which must be there. Any number of processes may use it at once. Throws SitepodError
 * `invalid` where the bucket is probed and cannot be used.
 */
export async function openS3Store(options: S3Options): Promise<Store> {
  const bucket = new Bucket(createS3Client(options), options.bucket);
  const probe = rememberOnce(() => probeBucket(bucket, randomUUID()));
  if (options.isProbedAtOnce) await probe();
  const scratchFolder = join(options.cacheFolder, "tmp");
  await makeFolder(scratchFolder);
  const scratch = new Scratch(scratchFolder);
  await scratch.removeAbandoned(Date.now());
  const cache = await openBlobCache({
    folder: options.cacheFolder,
    scratch,
    maxBytes: options.cacheBytes,
    nowMs: Date.now,
    async fetch(key) {
      const found = await bucket.find(key);
      const digest = parseDigest(basename(key));
      return found && digest ? { ...found, body: verifiedBody(found.body, digest, found.size) } : found;
    },
  });
  const uploads = new S3Uploads(bucket, scratch);
  return {
    documents: new S3Documents(bucket, probe),
    blobs: new S3Blobs(bucket, cache, scratch),
    encodings: new S3Encodings(bucket, cache),
    uploads,
    ...(options.presigned ? { presign: uploads.presign.bind(uploads) } : {}),
    async check() {
      await bucket.put("tmp/check", "check");
      await bucket.remove("tmp/check");
    },
    checkReadable: async () => void (await bucket.has("tmp/check")),
  };
}

/** Shares one result; what failed is tried again by who asks next. */
function rememberOnce<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () =>
    (found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}
