import type { Claim, Digest, Encoding, Environment, HostRecord, Manifest, Preview, Ref, ReleaseRecord } from "#model";

/**
 * All that the data plane may reach: it reads pointers and content, and cannot write. Each answers undefined where
 * there is nothing; it throws only where the store is broken.
 */
export interface Readers {
  readRef(label: string, environment: Environment): Promise<Ref | undefined>;
  readRelease(label: string, version: number): Promise<ReleaseRecord | undefined>;
  readPreview(label: string, slug: string): Promise<Preview | undefined>;
  readClaim(label: string): Promise<Claim | undefined>;
  readHost(hostname: string): Promise<HostRecord | undefined>;
  readManifest(digest: Digest): Promise<Manifest | undefined>;
  /** A handle whose slicing reads nothing. Where the blob is absent, this or the reading of it throws. */
  openBlob(digest: Digest): Promise<Blob>;
  /** The same of what a coding makes of a blob: undefined where it is not made yet, empty where it is not worth it. */
  openEncoding(digest: Digest, encoding: Encoding): Promise<Blob | undefined>;
}
