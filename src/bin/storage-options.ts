import { resolve } from "node:path";
import type { Option } from "./option.ts";

/** The options of `sitepod serve` about where refs and blobs are: part of the table of all. */
export const STORAGE_OPTIONS = {
  storageType: {
    env: "SITEPOD_STORAGE_TYPE",
    kind: "text",
    fallback: "local",
    doc: "Where refs and blobs are: local, or a bucket: s3, r2, oss",
  },
  uploadMode: {
    env: "SITEPOD_UPLOAD_MODE",
    kind: "text",
    fallback: "direct",
    doc: "How clients send contents: direct, or, with a bucket, presigned: straight to it",
  },
  s3Bucket: { env: "SITEPOD_S3_BUCKET", kind: "text", doc: "The bucket" },
  s3Region: { env: "SITEPOD_S3_REGION", kind: "text", doc: "The bucket's region" },
  s3Endpoint: { env: "SITEPOD_S3_ENDPOINT", kind: "text", doc: "The object store's URL, where it is not Amazon's" },
  s3Addressing: {
    env: "SITEPOD_S3_ADDRESSING",
    kind: "text",
    doc: "How a URL names the bucket: path, or host; by default path where there is an endpoint, and host for oss",
  },
  cacheSize: {
    env: "SITEPOD_CACHE_SIZE",
    kind: "bytes",
    fallback: "10GiB",
    doc: "With a bucket: what the contents used last may take of the data folder's disk",
  },
  s3AccessKey: { env: "AWS_ACCESS_KEY_ID", kind: "text", doc: "The access key of the bucket, and of Route 53" },
  s3SecretKey: { env: "AWS_SECRET_ACCESS_KEY", kind: "secret", doc: "The secret key to it" },
} as const satisfies Record<string, Option>;

const ADDRESSINGS = ["path", "host"] as const;

export interface StorageOptions {
  readonly type: string;
  readonly isPresigned: boolean;
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  /** Undefined: as is usual with this type and endpoint. */
  readonly addressing: (typeof ADDRESSINGS)[number] | undefined;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly cacheBytes: number;
}

/** Decides the options about storage. Faults are added to `faults`. */
export function decideStorage(
  text: (name: keyof typeof STORAGE_OPTIONS) => string | undefined,
  cacheBytes: number,
  faults: string[],
): StorageOptions {
  const uploadMode = text("uploadMode")!;
  const storage = {
    type: text("storageType")!,
    isPresigned: uploadMode === "presigned",
    bucket: text("s3Bucket"),
    region: text("s3Region"),
    endpoint: text("s3Endpoint"),
    addressing: parseAddressing(text("s3Addressing")),
    accessKey: text("s3AccessKey"),
    secretKey: text("s3SecretKey"),
    cacheBytes,
  };
  const { type, bucket, accessKey, secretKey } = storage;
  if (!["local", "s3", "r2", "oss"].includes(type)) {
    faults.push(`SITEPOD_STORAGE_TYPE is ${JSON.stringify(type)} and must be local, s3, r2 or oss`);
  }
  if (uploadMode !== "direct" && (uploadMode !== "presigned" || type === "local")) {
    faults.push(`SITEPOD_UPLOAD_MODE is ${JSON.stringify(uploadMode)} and must be direct or, with a bucket, presigned`);
  }
  if (type !== "local" && !(bucket && accessKey && secretKey)) {
    faults.push(
      `SITEPOD_STORAGE_TYPE is ${type}: set SITEPOD_S3_BUCKET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too`,
    );
  }
  if (text("s3Addressing") !== undefined && !storage.addressing) {
    faults.push(`SITEPOD_S3_ADDRESSING is ${JSON.stringify(text("s3Addressing"))} and must be path or host`);
  }
  return storage;
}

/** Returns undefined for what is no way to address a bucket. */
export const parseAddressing = (text: string | undefined): StorageOptions["addressing"] =>
  ADDRESSINGS.find((addressing) => addressing === text);

/** What a storage is called, by people and to tell it from others. It holds no secret. */
export function nameStorage(data: string, { type, bucket, endpoint }: StorageOptions): string {
  if (type === "local") return resolve(data);
  return endpoint === undefined ? `s3://${bucket}` : `s3://${bucket} at ${endpoint}`;
}

/** The variables that say where a storage is; an empty one is as one that is not set. */
export function storageVariables(storage: StorageOptions): Record<string, string> {
  return {
    SITEPOD_STORAGE_TYPE: storage.type,
    SITEPOD_UPLOAD_MODE: storage.isPresigned ? "presigned" : "direct",
    SITEPOD_S3_BUCKET: storage.bucket ?? "",
    SITEPOD_S3_REGION: storage.region ?? "",
    SITEPOD_S3_ENDPOINT: storage.endpoint ?? "",
    SITEPOD_S3_ADDRESSING: storage.addressing ?? "",
  };
}

/** The keys to it. */
export const storageKeys = ({ accessKey, secretKey }: StorageOptions): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: accessKey ?? "",
  AWS_SECRET_ACCESS_KEY: secretKey ?? "",
});
