export { createEdge, type Edge, type EdgeOptions } from "./edge.ts";
export type { Readers } from "./readers.ts";
