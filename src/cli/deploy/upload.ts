import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { planUpload } from "#diff";
import { type Api, encodeBatch } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { Failure } from "../failure.ts";
import { packShipments, type Shipment } from "./batches.ts";
import { type HashedFile, WHOLE_FILE_BYTES } from "./hash.ts";
import { forEachParallel } from "./parallel.ts";

interface UploadOptions {
  /** Files sent at the same time. */
  readonly concurrent: number;
  /** Called as bytes go out; negative where a file begins again. */
  readonly onBytes: (bytes: number) => void;
  readonly onFile: () => void;
}

/** Decides which files to send: those whose content the server's plan misses, each content once. */
export function chooseUploads(files: readonly HashedFile[], plan: Api.PlanResponse): readonly HashedFile[] {
  const missing = new Set(plan.missing.map(({ hash }) => hash));
  return planUpload(files, (digest) => !missing.has(digest)).missing;
}

/** Sends the files. Throws a Failure: `conflict` where a file has changed since it was hashed. */
export async function uploadFiles(
  client: ApiClient,
  plan: Api.PlanResponse,
  files: readonly HashedFile[],
  options: UploadOptions,
): Promise<void> {
  const shipments = plan.batch_upload_url === undefined ? files.map(alone) : packShipments(files);
  const addresses = new Map(plan.missing.map(({ hash, upload_url }) => [hash, upload_url]));
  await forEachParallel(shipments, options.concurrent, async (shipment) => {
    if (shipment.kind === "batch") return await sendBatch(client, plan, shipment.files, options);
    const { file } = shipment;
    const send =
      plan.upload_mode === "direct"
        ? (content: Content) => client.upload(plan.plan_id, file.digest, content)
        : (content: Content) => client.uploadPresigned(addresses.get(file.digest)!, content);
    await send({ headers: headersOf(file, plan.upload_mode), body: createBody(file, options.onBytes) });
    options.onFile();
  });
}

const alone = (file: HashedFile): Shipment<HashedFile> => ({ kind: "file", file });

async function sendBatch(
  client: ApiClient,
  plan: Api.PlanResponse,
  files: readonly HashedFile[],
  { onBytes, onFile }: UploadOptions,
): Promise<void> {
  await client.uploadBatch(plan.plan_id, async () => {
    const blobs = await Promise.all(
      files.map(async (file) => {
        await requireUnchanged(file);
        return { digest: file.digest, bytes: await readFile(file.file) };
      }),
    );
    return encodeBatch(blobs);
  });
  for (const { size } of files) {
    onBytes(size);
    onFile();
  }
}

interface Content {
  readonly headers: Record<string, string>;
  readonly body: () => Promise<BodyInit>;
}

function headersOf({ size, sha256 }: HashedFile, mode: Api.PlanResponse["upload_mode"]): Record<string, string> {
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

async function requireUnchanged({ path, file, size, mtimeNs, ctimeNs }: HashedFile): Promise<void> {
  const now = await stat(file, { bigint: true }).catch(() => undefined);
  if (now && Number(now.size) === size && now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs) return;
  throw new Failure("conflict", `${JSON.stringify(path)} was ${now ? "changed" : "removed"} during the deploy.`, {
    code: "changed",
    next: "Nothing was released. Deploy again when your build is finished: what was sent is not sent twice.",
  });
}
