import { Readable } from "node:stream";
import { type ArchivedContent, encodeBatch, packShipments } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { forEachParallel } from "../deploy/parallel.ts";
import type { Archive } from "./open-archive.ts";

const PARALLEL_REQUESTS = 8;

/** Sends all contents of an archive to an import. `onSent` is called after each with those that were sent. */
export async function sendContents(
  client: ApiClient,
  importId: string,
  archive: Archive,
  onSent: (contents: readonly ArchivedContent[]) => void,
): Promise<void> {
  await forEachParallel(packShipments(archive.contents), PARALLEL_REQUESTS, async (shipment) => {
    if (shipment.kind === "file") {
      const { file } = shipment;
      await client.importContent(importId, file.digest, {
        headers: { "content-length": String(file.size) },
        body: async () => Readable.toWeb(Readable.from(archive.read(file))) as unknown as ReadableStream,
      });
      return onSent([file]);
    }
    await client.importBatch(importId, async () =>
      encodeBatch(
        await Promise.all(
          shipment.files.map(async (file) => ({ digest: file.digest, bytes: await readAll(archive, file) })),
        ),
      ),
    );
    onSent(shipment.files);
  });
}

async function readAll(archive: Archive, content: ArchivedContent): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive.read(content)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
