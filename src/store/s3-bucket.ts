import { randomUUID } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { SitepodError } from "#model";
import { readWhole, resumedBody } from "./resumed-body.ts";
import { WITH_LARGE_BODY } from "./s3-client.ts";
import { absentAsUndefined, explain, explained, isRefusal, isUndecided } from "./s3-errors.ts";
import type { Chunks } from "./verified-body.ts";

const REMOVAL_TIMEOUT_MS = 15_000;

export interface FoundObject {
  /** Bytes. */
  readonly size: number;
  /** Goes on where a connection broke off. */
  readonly body: Chunks;
}

/** A version of an object, by what the store and we call it. */
export interface ObjectVersion {
  /** With the quotes around it. */
  readonly etag: string;
  /** Of the puts that made this version and those before it, the newest first. */
  readonly marks: readonly string[];
}

export interface FoundText extends ObjectVersion {
  readonly text: string;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** Under which condition a put takes place: where nothing is there, or where exactly this version is. */
export type PutCondition = { readonly absent: true } | ObjectVersion;

/** How an ETag is written in `If-Match`: RFC 9110 wants the quotes, and older gateways of Ceph do not. */
export type EtagForm = "quoted" | "bare";

/** So many puts of others may come between one of ours and its lost answer. */
const MAX_MARKS = 8;

/** What we ask of a bucket. Throws SitepodError `unavailable` where it does not answer, `storage_full` where it is. */
export class Bucket {
  readonly name: string;
  readonly client: S3Client;

  constructor(client: S3Client, name: string) {
    this.client = client;
    this.name = name;
  }

  async find(key: string): Promise<FoundObject | undefined> {
    const found = await this.#get(key);
    if (!found) return undefined;
    const size = found.ContentLength ?? 0;
    const rest = async (from: number) => {
      const next = await this.#get(key, from);
      if (next && next.ETag === found.ETag) return bodyOf(next);
      throw new SitepodError("unavailable", `The object ${key} changed while it was read. Try again.`);
    };
    return { size, body: resumedBody(size, bodyOf(found), rest) };
  }

  async findText(key: string): Promise<FoundText | undefined> {
    return readWhole(async () => {
      const found = await this.#get(key);
      return found && { text: await found.Body!.transformToString(), ...versionOf(found) };
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.#head(key)) !== undefined;
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.#head(key))?.ContentLength;
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await explained(
      this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }), WITH_LARGE_BODY),
    );
  }

  /**
   * Puts where the condition holds. Returns false, and changes nothing, where it does not. An answer may be lost, and the
   * client then tries again: the marks tell a put of ours that had arrived from one of somebody else.
   */
  async putIf(key: string, body: string, condition: PutCondition, form: EtagForm): Promise<boolean> {
    const mark = randomUUID();
    const marks = "absent" in condition ? [mark] : [mark, ...condition.marks].slice(0, MAX_MARKS);
    const match = "absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: written(condition.etag, form) };
    try {
      const Metadata = { marks: marks.join(" ") };
      await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, Metadata, ...match }));
      return true;
    } catch (error) {
      const isRefused = isRefusal(error);
      if (!isRefused && !isUndecided(error)) throw explain(error);
      const found = await this.#head(key);
      const version = found && versionOf(found);
      if (version?.marks.includes(mark)) return true;
      // Gateways that fail where they should refuse leave what another has put.
      const isTaken = "absent" in condition ? version !== undefined : version?.etag !== condition.etag;
      if (isRefused || isTaken) return false;
      throw explain(error);
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

  async *list(prefix: string, after = ""): AsyncIterable<ListedObject> {
    const wanted = { Bucket: this.name, Prefix: prefix, ...(after > prefix && { StartAfter: after }) };
    try {
      for await (const page of paginateListObjectsV2({ client: this.client }, wanted)) {
        for (const { Key: key, Size: size, LastModified: modified } of page.Contents ?? []) {
          if (key !== undefined) yield { key, size: size ?? 0, modifiedMs: modified?.getTime() ?? 0 };
        }
      }
    } catch (error) {
      throw explain(error);
    }
  }

  #get(key: string, from = 0): Promise<GetObjectCommandOutput | undefined> {
    const range = from > 0 ? { Range: `bytes=${from}-` } : {};
    return absentAsUndefined(this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key, ...range })));
  }

  #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    return absentAsUndefined(this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key })));
  }
}

const bodyOf = ({ Body }: GetObjectCommandOutput): Chunks => Body as unknown as Chunks;

const versionOf = ({ ETag, Metadata }: HeadObjectCommandOutput): ObjectVersion => ({
  etag: ETag ?? "",
  marks: Metadata?.["marks"]?.split(" ") ?? [],
});

const written = (etag: string, form: EtagForm): string => (form === "quoted" ? etag : etag.replaceAll('"', ""));
