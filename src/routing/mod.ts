export * from "./access-token.ts";
export * from "./caching.ts";
export * from "./conditional.ts";
export * from "./etag.ts";
export * from "./hosts.ts";
export * from "./intent.ts";
export * from "./path.ts";
export * from "./range.ts";
