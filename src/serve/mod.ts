export { createEdge, type Edge, type EdgeOptions } from "./edge.ts";
export type { Readers } from "./readers.ts";
export { createProxy } from "./proxy.ts";
export { isPublicAddress } from "./public-address.ts";
