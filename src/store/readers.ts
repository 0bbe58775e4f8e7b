import type { Digest, Encoding, Environment } from "#model";
import type { ReadManifest } from "./manifest-reader.ts";
import type { StoreReader } from "./ports.ts";
import type { RecordReader } from "./record-reader.ts";

/** All that serving needs of a store: its pointers and contents, for reading alone. */
export function createReaders(
  store: Pick<StoreReader, "blobs" | "encodings">,
  records: RecordReader,
  readManifest: ReadManifest,
) {
  return {
    readRef: (label: string, environment: Environment) => records.readRef(label, environment),
    readRelease: (label: string, version: number) => records.readRelease(label, version),
    readPreview: (label: string, slug: string) => records.readPreview(label, slug),
    readClaim: (label: string) => records.readClaim(label),
    readHost: (hostname: string) => records.readHost(hostname),
    readManifest,
    openBlob: (digest: Digest) => store.blobs.open(digest),
    openEncoding: (digest: Digest, encoding: Encoding) => store.encodings.find(digest, encoding),
  };
}
