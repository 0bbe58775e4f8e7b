import { randomUUID } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { SitepodError } from "#model";

const REMOVAL_TIMEOUT_MS = 15_000;

export interface FoundObject {
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** Under which condition a put takes place: where nothing is there, or where exactly this version is. */
export type PutCondition = { readonly absent: true } | { readonly etag: string };

/** What we ask of a bucket. Throws SitepodError `unavailable` where it does not answer, `storage_full` where it is. */
export class Bucket {
  readonly name: string;
  readonly client: S3Client;

  constructor(client: S3Client, name: string) {
    this.client = client;
    this.name = name;
  }

  async find(key: string): Promise<FoundObject | undefined> {
    const found = await absentAsUndefined(this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key })));
    if (!found?.Body) return undefined;
    return { etag: found.ETag ?? "", size: found.ContentLength ?? 0, body: found.Body.transformToWebStream() };
  }

  async has(key: string): Promise<boolean> {
    return (await this.#head(key)) !== undefined;
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.#head(key))?.ContentLength;
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await explained(this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body })));
  }

  /**
   * Puts where the condition holds. Returns false, and changes nothing, where it does not. The client tries again where
   * an answer was lost: the mark tells a put of ours that had arrived from one of somebody else.
   */
  async putIf(key: string, body: string, condition: PutCondition): Promise<boolean> {
    const mark = randomUUID();
    const match = "absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
    try {
      await this.client.send(
        new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, Metadata: { mark }, ...match }),
      );
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw explain(error);
      return (await this.#head(key))?.Metadata?.["mark"] === mark;
    }
  }

  async copy(from: string, to: string): Promise<void> {
    await explained(
      this.client.send(new CopyObjectCommand({ Bucket: this.name, CopySource: `${this.name}/${from}`, Key: to })),
    );
  }

  /** Returns false where there was no such object. Nothing is removed long after it was asked for: what fails soon, fails. */
  async remove(key: string): Promise<boolean> {
    const abortSignal = AbortSignal.timeout(REMOVAL_TIMEOUT_MS);
    if (!(await this.has(key))) return false;
    await explained(this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }), { abortSignal }));
    return true;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    try {
      for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: this.name, Prefix: prefix })) {
        for (const { Key: key, Size: size, LastModified: modified } of page.Contents ?? []) {
          if (key !== undefined) yield { key, size: size ?? 0, modifiedMs: modified?.getTime() ?? 0 };
        }
      }
    } catch (error) {
      throw explain(error);
    }
  }

  #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    return absentAsUndefined(this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key })));
  }
}

/** 412: the condition does not hold. 409: another put is under way. NoSuchKey: the version to replace is gone. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409 || (error instanceof Error && error.name === "NoSuchKey");
}

async function absentAsUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404 && !(error instanceof Error && error.name === "NoSuchBucket")) return undefined;
    throw explain(error);
  }
}

async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explain(error);
  }
}

/** Returns the SitepodError of what somebody can act on, and any other error as it is. */
function explain(error: unknown): unknown {
  const isGivenUp = error instanceof Error && error.name === "AbortError";
  if (!isAnswer(error) && !isGivenUp) return error;
  const status = statusOf(error);
  if (status === 507 || error.name === "QuotaExceeded") {
    return new SitepodError("storage_full", "The object store is full. Free space in the bucket, then try again.", {
      cause: error,
    });
  }
  if (status === undefined || status >= 500 || status === 429) {
    return new SitepodError("unavailable", "The object store does not answer. Try again in a moment.", {
      cause: error,
    });
  }
  return error;
}

const statusOf = (error: unknown): number | undefined => (isAnswer(error) ? error.$metadata.httpStatusCode : undefined);

/** Whether the client threw it: what the store answered, or, without a status, that it did not. */
function isAnswer(error: unknown): error is Error & { readonly $metadata: { readonly httpStatusCode?: number } } {
  return error instanceof Error && "$metadata" in error;
}
