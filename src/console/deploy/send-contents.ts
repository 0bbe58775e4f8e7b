import type { Digest } from "#model";
import { BATCH_MEDIA_TYPE, encodeBatch, packShipments, type Shipment } from "#wire";
import { postBytes } from "./post-bytes.ts";

/** A content that the server misses. */
export interface Content {
  readonly digest: Digest;
  readonly size: number;
  readonly file: File;
}

interface SendOptions {
  readonly planId: string;
  /** Larger contents go in parts of so many bytes, where the server takes parts. */
  readonly partBytes: number | undefined;
  readonly signal: AbortSignal;
  /** Called as bytes go out; negative where some have to go again. */
  readonly onBytes: (bytes: number) => void;
}

/** Each batch is in memory while it is sent. */
const AT_ONCE = 3;
const ONE_MEDIA_TYPE = "application/octet-stream";

/** Sends contents, small ones together, the largest first. Throws what the server answers to the first that fails. */
export async function sendContents(contents: readonly Content[], options: SendOptions): Promise<void> {
  const shipments = packShipments(contents)
    .toSorted((a, b) => sizeOf(b) - sizeOf(a))
    .values();
  const sendRest = async () => {
    for (const shipment of shipments) {
      options.signal.throwIfAborted();
      await (shipment.kind === "batch" ? sendBatch(shipment.files, options) : sendOne(shipment.file, options));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendRest));
}

const sizeOf = (shipment: Shipment<Content>): number =>
  shipment.kind === "file" ? shipment.file.size : shipment.files.reduce((sum, { size }) => sum + size, 0);

async function sendBatch(contents: readonly Content[], { planId, signal, onBytes }: SendOptions): Promise<void> {
  const blobs = await Promise.all(
    contents.map(async ({ digest, file }) => ({ digest, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const counted = countUpTo(sizeOf({ kind: "batch", files: contents }), onBytes);
  await postBytes(`/upload/${planId}`, encodeBatch(blobs).buffer, {
    type: BATCH_MEDIA_TYPE,
    signal,
    onSent: counted.at,
  });
  counted.all();
}

async function sendOne(content: Content, options: SendOptions): Promise<void> {
  const { planId, partBytes, signal, onBytes } = options;
  const { digest, size, file } = content;
  if (partBytes !== undefined && size > partBytes) return await sendParts(content, partBytes, options);
  const counted = countUpTo(size, onBytes);
  await postBytes(`/upload/${planId}/${digest}`, file, { type: ONE_MEDIA_TYPE, signal, onSent: counted.at });
  counted.all();
}

/** Asks how much is there, and goes on where it ends. */
async function sendParts(content: Content, partBytes: number, { planId, signal, onBytes }: SendOptions): Promise<void> {
  const { digest, size, file } = content;
  const sendPart = async (begin: number, end: number): Promise<number> => {
    const counted = countUpTo(end - begin, onBytes);
    const path = `/upload/${planId}/${digest}/${begin}`;
    const answer = await postBytes(path, file.slice(begin, end), { type: ONE_MEDIA_TYPE, signal, onSent: counted.at });
    const { received } = answer as { received: number };
    counted.is(received - begin);
    return received;
  };
  for (let received = await sendPart(0, 0); received < size;) {
    received = await sendPart(received, Math.min(received + partBytes, size));
  }
}

/** Turns "so many by now" into steps. A body has more bytes than the contents in it: no more than those are counted. */
function countUpTo(size: number, onBytes: (bytes: number) => void) {
  let counted = 0;
  const is = (bytes: number) => {
    onBytes(bytes - counted);
    counted = bytes;
  };
  return { is, at: (bytes: number) => is(Math.min(bytes, size)), all: () => is(size) };
}
