import { basename, join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { parseDigest } from "#model";
import { openBlobCache } from "./blob-cache.ts";
import { makeFolder } from "./durable-files.ts";
import type { S3Options, Store } from "./ports.ts";
import { S3Blobs } from "./s3-blobs.ts";
import { Bucket } from "./s3-bucket.ts";
import { S3Documents } from "./s3-documents.ts";
import { S3Encodings } from "./s3-encodings.ts";
import { S3Uploads } from "./s3-uploads.ts";
import { Scratch } from "./scratch.ts";
import { verifiedBody } from "./verified-body.ts";

/** Opens the store in a bucket, which must be there. Any number of processes may use it at once. */
export async function openS3Store(options: S3Options): Promise<Store> {
  const client = new S3Client({
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    // Stores other than Amazon's rarely have a host name for each bucket, nor the newer checksums.
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const bucket = new Bucket(client, options.bucket);
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
    documents: new S3Documents(bucket),
    blobs: new S3Blobs(bucket, cache, scratch),
    encodings: new S3Encodings(bucket, cache),
    uploads,
    ...(options.presigned ? { presign: uploads.presign.bind(uploads) } : {}),
    async check() {
      await bucket.put("tmp/check", "check");
      await bucket.remove("tmp/check");
    },
  };
}
