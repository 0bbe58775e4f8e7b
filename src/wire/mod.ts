/** The messages of the v1 API, as Zod schemas: `api.planRequest`. Their types are `Api.PlanRequest`. */
export * as api from "./api.ts";
export type * as Api from "./api.ts";
export { mediaType, UNKNOWN_MEDIA_TYPE } from "./media-type.ts";
export * from "./machine-config.ts";
export { editDistance, parseEndpoint, type Setting } from "./settings.ts";
export * from "./site-archive.ts";
export * from "./sitepod-toml.ts";
export * from "./tar.ts";
export * from "./blob-batch.ts";
export * from "./shipments.ts";
