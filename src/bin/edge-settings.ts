import { resolve } from "node:path";
import type { DiskReserve } from "#model";
import type { LogFormat } from "./log.ts";
import type { ServeOptions } from "./serve-options.ts";
import type { StorageOptions } from "./storage-options.ts";

/** All that an edge is told to serve sites: plain data, so that it can be told to another process. */
export interface EdgeSettings {
  /** The data folder; absolute. */
  readonly data: string;
  readonly storage: StorageOptions;
  readonly domain: string;
  /** Otherwise it answers for the control plane alone. */
  readonly servesSites: boolean;
  /** The address to listen on; undefined: every one. */
  readonly host: string | undefined;
  /** For HTTP; 0 takes a free one. */
  readonly port: number;
  readonly https: { readonly port: number; readonly http3: boolean } | undefined;
  /** How people reach the base domain, where a proxy stands before it. */
  readonly publicUrl: string | undefined;
  /** Networks of proxies whose word is taken; undefined: none. */
  readonly proxies: string | undefined;
  /** Addresses of this server, which no rule of a site may have asked. */
  readonly publicAddresses: readonly string[];
  readonly allowProxying: boolean;
  readonly countryHeader: string | undefined;
  /** Whether what is answered is counted by site. */
  readonly countsSites: boolean;
  /** What deploys leave free of the data folder's disk; undefined where none are taken. */
  readonly diskReserve: DiskReserve | undefined;
  /** What a request to the API may carry. */
  readonly maxFileBytes: number;
  readonly logFormat: LogFormat;
  /** Processes that listen on the ports together. */
  readonly workers: number;
  /** Others listen on the ports too: who opens them has looked that nobody else does. */
  readonly sharesPorts: boolean;
}

export const edgeSettingsOf = (options: ServeOptions): EdgeSettings => ({
  data: resolve(options.data),
  storage: options.storage,
  domain: options.domain,
  servesSites: options.role !== "control",
  host: options.host,
  port: options.port,
  https: options.https && { port: options.https.port, http3: options.https.http3 },
  publicUrl: options.publicUrl?.href,
  proxies: options.proxies?.text,
  publicAddresses: options.publicAddresses,
  allowProxying: options.allowProxying,
  countryHeader: options.countryHeader,
  countsSites: options.trafficEveryS > 0,
  diskReserve: options.role === "edge" ? undefined : options.diskReserve,
  maxFileBytes: options.maxFileBytes,
  logFormat: options.logFormat,
  workers: options.workers,
  sharesPorts: false,
});
