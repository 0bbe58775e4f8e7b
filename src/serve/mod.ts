export { createEdge, type Edge, type EdgeOptions } from "./edge.ts";
export { HSTS } from "./blob.ts";
export type { Readers } from "./readers.ts";
export { createProxy } from "./proxy.ts";
export { isPublicAddress } from "./public-address.ts";
