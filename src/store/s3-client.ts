import { S3Client } from "@aws-sdk/client-s3";
import type { S3Options } from "./ports.ts";

const CONNECT_TIMEOUT_MS = 3000;
/** Until the head of an answer is there, and between two pieces of its body. */
const ANSWER_TIMEOUT_MS = 10_000;
/**
 * In all. The client waits between them for a random part of 0.1 s, doubled each time, of 0.5 s where the store asks to
 * slow down. It stops trying again where most of its last requests failed: a store that is down is not stormed.
 */
const ATTEMPTS = 5;

/** A request with this option has longer for its answer: it brings a body of megabytes. */
export const WITH_LARGE_BODY = { requestTimeout: 120_000 } as const;

export function createS3Client(options: S3Options): S3Client {
  const { endpoint, addressing = endpoint === undefined ? "host" : "path" } = options;
  const answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  return new S3Client({
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: addressing === "path",
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: answerTimeoutMs,
      socketTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
    },
    // Stores other than Amazon's rarely know the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}
