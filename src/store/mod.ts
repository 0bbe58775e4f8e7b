import type { S3Options, Store } from "./ports.ts";

export { hashBytes, StreamHasher } from "./blake3.ts";
export { DigestMap } from "./digest-map.ts";
export { DigestSet } from "./digest-set.ts";
export { type InspectedStore, inspectDiskStore, openDiskStore } from "./disk.ts";
export { giveBack } from "./give-back.ts";
export { inParallel } from "./in-parallel.ts";
export { findLeases, type HeldLease, holdLease } from "./leases.ts";
export * from "./manifest-reader.ts";
export { PackFolder, readPacked } from "./pack-folder.ts";
export { openMemoryStore } from "./memory.ts";
export type * from "./ports.ts";
export { createReaders } from "./readers.ts";
export { RecordReader } from "./record-reader.ts";
export * from "./records.ts";

/** Opens the store in a bucket. Its client is loaded only now: a server on the local disk does not pay for it. */
export const openS3Store = async (options: S3Options): Promise<Store> => (await import("./s3.ts")).openS3Store(options);
