import type { DnsAccess, Pages, Wanted } from "#pki";

/** What an order needs beside the store. Plain data: a Secret would not survive the way to a thread. */
export interface OrderSettings {
  /** By what TXT records are written; undefined: by nothing. */
  readonly dns: DnsAccess | undefined;
  readonly dnsServer: string | undefined;
  readonly email: string | undefined;
  /** PEM of the roots of a private authority's own HTTPS. */
  readonly roots: string | undefined;
}

export interface Order {
  readonly directory: string;
  readonly binding: { readonly id: string; readonly key: string } | undefined;
  readonly wanted: Wanted;
}

/** To the thread: what certificate to get, one at a time, and what the store answers meanwhile. */
export type OrderRequest =
  | ({ readonly kind: "order"; readonly settings: OrderSettings } & Order)
  | { readonly kind: "self-sign"; readonly names: readonly string[]; readonly nowMs: number }
  | { readonly kind: "answer"; readonly call: number; readonly value?: unknown; readonly fault?: string };

/** From the thread: questions to the store, then the certificate or why there is none. */
export type OrderReport =
  | { readonly kind: "call"; readonly call: number; readonly method: keyof Pages; readonly args: readonly string[] }
  | { readonly kind: "issued"; readonly certificate: string }
  | { readonly kind: "failed"; readonly reason: string };
