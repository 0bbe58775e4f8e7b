export * from "./blake3.ts";
export { openDiskStore } from "./disk.ts";
export type * from "./ports.ts";
