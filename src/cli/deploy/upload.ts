import { closeSync, createReadStream, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip as gzipWithCallback } from "node:zlib";
import { fillBatch, type Shipment, shipmentsOf } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { errnoOf, Failure } from "../failure.ts";
import { formatCount } from "../terminal/format.ts";
import type { HashedFile } from "./file-table.ts";
import { WHOLE_FILE_BYTES } from "./hash.ts";
import type { UploadPlan } from "./make-plan.ts";
import { createLink, type Link } from "./link.ts";
import { forEachParallel } from "./parallel.ts";

/** Each is in memory, here and at the server; a few are enough that neither waits for the other. */
const BATCHES_AT_ONCE = 4;

interface UploadOptions {
  /** Files sent at the same time. */
  readonly concurrent: number;
  /** Called as bytes go out; negative where a file begins again. */
  readonly onBytes: (bytes: number) => void;
  readonly onFile: () => void;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

const gzip = promisify(gzipWithCallback);

/**
 * Sends what a plan misses. Throws a Failure that names the file: `conflict` where it has changed since it was hashed.
 */
export async function uploadFiles(client: ApiClient, plan: UploadPlan, options: UploadOptions): Promise<void> {
  const link = createLink(options.now);
  const send = async (shipment: Shipment<HashedFile>) => {
    const files = shipment.kind === "batch" ? shipment.files : [shipment.file];
    try {
      if (shipment.kind === "batch") await sendBatch(client, plan, files, link, options);
      else await sendFile(client, plan, shipment.file, options);
    } catch (error) {
      throw nameFiles(error, files);
    }
  };
  await forEachParallel(shipmentsIn(plan, "file"), options.concurrent, send);
  await forEachParallel(shipmentsIn(plan, "batch"), Math.min(options.concurrent, BATCHES_AT_ONCE), send);
}

/** What is sent alone, or in batches; each made when it is its turn. */
function* shipmentsIn({ takesBatches, uploads }: UploadPlan, kind: "file" | "batch"): Generator<Shipment<HashedFile>> {
  if (takesBatches) for (const shipment of shipmentsOf(uploads)) if (shipment.kind === kind) yield shipment;
  if (!takesBatches && kind === "file") for (const file of uploads) yield { kind, file };
}

/** Says of a failure which file it hit; of one that says so already, and of an interruption, nothing more. */
function nameFiles(error: unknown, [first, ...others]: readonly HashedFile[]): unknown {
  if (!(error instanceof Failure) || error.code === "changed" || error.ending === "interrupted") return error;
  const more = others.length === 0 ? "" : ` and ${formatCount(others.length, "other file")}`;
  const message = `${JSON.stringify(first!.path)}${more} could not be sent: ${error.message}`;
  return new Failure(error.ending, message, {
    code: error.code,
    next: `Nothing was released, and what arrived is not sent again when you deploy again. ${error.next ?? ""}`.trim(),
    faults: error.faults,
    cause: error,
  });
}

async function sendFile(
  client: ApiClient,
  plan: UploadPlan,
  file: HashedFile,
  { onBytes, onFile }: UploadOptions,
): Promise<void> {
  if (plan.partBytes !== undefined && file.size > plan.partBytes) {
    await sendParts(client, plan.id, file, plan.partBytes, onBytes);
  } else {
    const content = { headers: headersOf(file, plan.mode), body: createBody(file, onBytes) };
    if (plan.mode === "direct") await client.upload(plan.id, file.digest, content);
    else await client.uploadPresigned(plan.addresses.get(file.digest)!, content);
  }
  onFile();
}

/** Asks how much of a file is there, and sends the rest part by part: what broke off goes on where it was. */
async function sendParts(
  client: ApiClient,
  planId: string,
  file: HashedFile,
  partBytes: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const sendPart = async (begin: number, end: number): Promise<number> => {
    const { received } = await client.uploadPart(planId, file.digest, begin, {
      headers: { "content-length": String(end - begin) },
      body: async () => {
        await requireUnchanged(file);
        if (end === begin) return new Uint8Array();
        return Readable.toWeb(createReadStream(file.file, { start: begin, end: end - 1 })) as unknown as ReadableStream;
      },
    });
    return received;
  };
  let received = await sendPart(0, 0);
  onBytes(received);
  while (received < file.size) {
    const next = await sendPart(received, Math.min(received + partBytes, file.size));
    onBytes(next - received);
    received = next;
  }
}

async function sendBatch(
  client: ApiClient,
  plan: UploadPlan,
  files: readonly HashedFile[],
  link: Link,
  { onBytes, onFile }: UploadOptions,
): Promise<void> {
  const isCompressed = plan.takesGzip && link.isSlow();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await client.uploadBatch(plan.id, {
    headers: isCompressed ? { "content-encoding": "gzip" } : {},
    body: async () => {
      const batch = readBatch(files);
      link.begin();
      return isCompressed ? new Uint8Array(await gzip(batch)) : batch;
    },
  });
  link.end(bytes);
  for (const { size } of files) {
    onBytes(size);
    onFile();
  }
}

// They have just been hashed and are small: waiting for each would take longer than reading it.
const readBatch = (files: readonly HashedFile[]): Uint8Array<ArrayBuffer> => fillBatch(files, readInto);

/** Reads a small file to where it is wanted. */
function readInto(file: HashedFile, place: Uint8Array): void {
  let handle: number;
  try {
    handle = openSync(file.file, "r");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return requireSame(file, undefined);
  }
  try {
    const stats = fstatSync(handle);
    requireSame(file, stats);
    let read = 0;
    for (let more = 1; more > 0 && read < place.length; read += more)
      more = readSync(handle, place, read, place.length - read, null);
    requireSame(file, read === place.length ? stats : fstatSync(handle));
  } finally {
    closeSync(handle);
  }
}

function headersOf({ size, sha256 }: HashedFile, mode: UploadPlan["mode"]): Record<string, string> {
  const length = { "content-length": String(size) };
  if (mode === "direct" || sha256 === undefined) return length;
  return { ...length, "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64") };
}

/** Returns what opens a file's content, for each try anew: small ones at once, large ones as a stream. */
function createBody(file: HashedFile, onBytes: (bytes: number) => void): () => Promise<BodyInit> {
  let counted = 0;
  const count = (bytes: number) => {
    counted += bytes;
    onBytes(bytes);
  };
  return async () => {
    count(-counted);
    await requireUnchanged(file);
    if (file.size > WHOLE_FILE_BYTES)
      return Readable.toWeb(Readable.from(readCounted(file, count))) as unknown as ReadableStream;
    const bytes = await readFile(file.file);
    count(bytes.length);
    return bytes;
  };
}

async function* readCounted({ file }: HashedFile, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    count(chunk.length);
    yield chunk;
  }
}

const requireUnchanged = async (file: HashedFile): Promise<void> =>
  requireSame(file, await stat(file.file).catch(() => undefined));

function requireSame({ path, size, mtimeMs, ctimeMs }: HashedFile, now: Stats | undefined): void {
  if (now && now.size === size && now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs) return;
  throw new Failure("conflict", `${JSON.stringify(path)} was ${now ? "changed" : "removed"} during the deploy.`, {
    code: "changed",
    next: "Nothing was released. Deploy again when your build is finished: what was sent is not sent twice.",
  });
}
