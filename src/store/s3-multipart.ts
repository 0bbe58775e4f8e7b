import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type MultipartUpload,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { findBytes } from "./files.ts";
import { inParallel } from "./in-parallel.ts";
import type { Bucket } from "./s3-bucket.ts";
import { WITH_LARGE_BODY } from "./s3-client.ts";
import { explain, explained, isNamed } from "./s3-errors.ts";

const MULTIPART_ABOVE_BYTES = 16 * 1024 * 1024;
/** A part that failed is sent again by itself. */
const PART_BYTES = 8 * 1024 * 1024;
/** Stores take no more. */
const MAX_PARTS = 10_000;
/** Each part under way is in memory. */
const PARALLEL_PARTS = 3;

/** Puts a file of `size` bytes that does not change meanwhile; a large one in parts. */
export async function putFile(bucket: Bucket, key: string, path: string, size: number): Promise<void> {
  if (size <= MULTIPART_ABOVE_BYTES) return await bucket.put(key, (await findBytes(path))!);
  await putInParts(bucket, key, path, size);
}

/**
 * Puts a file in parts. The store checks each part by its MD5 as it arrives, and shows the object once all
 * are there. Nothing remains of an upload that failed, unless the store does not take that either.
 */
async function putInParts(bucket: Bucket, key: string, path: string, size: number): Promise<void> {
  const object = { Bucket: bucket.name, Key: key };
  const { UploadId } = await explained(bucket.client.send(new CreateMultipartUploadCommand(object)));
  const upload = { ...object, UploadId };
  try {
    const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS));
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => i + 1);
    const etags = new Map<number, string | undefined>();
    await inParallel(numbers, PARALLEL_PARTS, async (PartNumber) => {
      const Body = await Bun.file(path)
        .slice((PartNumber - 1) * partBytes, PartNumber * partBytes)
        .bytes();
      const ContentMD5 = new Bun.CryptoHasher("md5").update(Body).digest("base64");
      const part = new UploadPartCommand({ ...upload, PartNumber, Body, ContentMD5 });
      etags.set(PartNumber, (await bucket.client.send(part, WITH_LARGE_BODY)).ETag);
    });
    const Parts = numbers.map((PartNumber) => ({ PartNumber, ETag: etags.get(PartNumber) }));
    await bucket.client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      WITH_LARGE_BODY,
    );
  } catch (error) {
    // The answer to the first try was lost: there is no such upload any more, because it is the object.
    if (isNamed(error, "NoSuchUpload") && (await bucket.size(key)) === size) return;
    await bucket.client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw explain(error);
  }
}

/** Aborts the uploads in parts below `prefix` that were begun before `beforeMs`: who began them has died. */
export async function abortAbandoned(bucket: Bucket, prefix: string, beforeMs: number): Promise<number> {
  let aborted = 0;
  for await (const { Key, UploadId, Initiated } of listUploads(bucket, prefix)) {
    if (!Initiated || Initiated.getTime() >= beforeMs) continue;
    try {
      await bucket.client.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId }));
      aborted++;
    } catch (error) {
      if (!isNamed(error, "NoSuchUpload")) throw explain(error);
    }
  }
  return aborted;
}

async function* listUploads(bucket: Bucket, Prefix: string): AsyncIterable<MultipartUpload> {
  const all = { Bucket: bucket.name, Prefix };
  const page = (from: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker">) =>
    explained(bucket.client.send(new ListMultipartUploadsCommand({ ...all, ...from })));
  for (let found = await page({}); ;) {
    yield* found.Uploads ?? [];
    if (!found.IsTruncated) return;
    found = await page({ KeyMarker: found.NextKeyMarker, UploadIdMarker: found.NextUploadIdMarker });
  }
}
