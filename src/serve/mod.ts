export { type Attempt, createTryPassword, type GivenPassword, type TryPassword } from "./access-attempts.ts";
export { createEdge, type Edge, type EdgeOptions, type EdgeStats } from "./edge.ts";
export { HSTS } from "./blob.ts";
export type { Readers } from "./readers.ts";
export { addTraffic, ANSWER_KINDS, NO_TRAFFIC, STATUS_CLASSES, type Traffic } from "./traffic.ts";
export { allowedLookup, hostnameOf, mayConnect, NOT_ALLOWED } from "./allowed-lookup.ts";
export { createProxy } from "./proxy.ts";
export { isPublicAddress } from "./public-address.ts";
export { respondPage } from "./pages.ts";
