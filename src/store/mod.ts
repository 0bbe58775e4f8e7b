export { hashBytes } from "./blake3.ts";
export { openDiskStore } from "./disk.ts";
export * from "./manifest-reader.ts";
export { openMemoryStore } from "./memory.ts";
export type * from "./ports.ts";
export * from "./records.ts";
