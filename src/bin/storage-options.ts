/** Where pointers and content are kept. */
export interface StorageOptions {
  readonly type: string;
  readonly isPresigned: boolean;
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
}

/** Adds to `faults` what does not go together. */
export function checkStorage(storage: StorageOptions, uploadMode: string, faults: string[]): void {
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
}
