import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Options } from "#store";
import type { S3Lab } from "./s3-lab.ts";

export type BucketAccess = Omit<S3Options, "cacheFolder" | "cacheBytes">;

/** Makes an empty bucket in a lab. */
export async function newBucket(lab: S3Lab): Promise<BucketAccess> {
  if (lab.endpoint === undefined) throw new Error(lab.skipped);
  const { endpoint, accessKeyId, secretAccessKey } = lab;
  const bucket = `sitepod-${crypto.randomUUID()}`;
  await labClient(lab).send(new CreateBucketCommand({ Bucket: bucket }));
  return { bucket, region: "us-east-1", endpoint, accessKeyId, secretAccessKey, presigned: true };
}

/** A client for looking at what a store has made of a bucket. */
export const labClient = (lab: S3Lab): S3Client =>
  new S3Client({ region: "us-east-1", endpoint: lab.endpoint ?? "", forcePathStyle: true, credentials: lab });
