import { Secret } from "../secret.ts";
import { createCloudflare } from "./cloudflare.ts";
import { createDnsHook } from "./hook.ts";
import type { DnsReader, DnsWriter } from "./ports.ts";
import { createRfc2136 } from "./rfc2136.ts";
import { createRoute53 } from "./route53.ts";
import type { TsigAlgorithm } from "./tsig.ts";
import { untilVisible } from "./until-visible.ts";

/** By what records are written, with what it needs for that. Plain data, secrets too: it can be sent to a thread. */
export type DnsAccess =
  | { readonly kind: "hook"; readonly path: string }
  | { readonly kind: "cloudflare"; readonly token: string }
  | { readonly kind: "route53"; readonly keys: { readonly id: string; readonly secret: string } | undefined }
  | {
      readonly kind: "rfc2136";
      readonly host: string;
      readonly port: number;
      readonly key: { readonly name: string; readonly algorithm: TsigAlgorithm; readonly secret: string };
    };

export interface DnsWorld {
  readonly reader: DnsReader;
  /** The environment that a hook finds, beside its own variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** Opens what writes records. A hook waits by itself until they can be seen; what a provider has taken is waited for here. */
export function openDnsWriter(access: DnsAccess, { reader, env, nowMs, random }: DnsWorld): DnsWriter {
  switch (access.kind) {
    case "hook":
      return createDnsHook(access.path, env);
    case "cloudflare":
      return untilVisible(createCloudflare({ token: new Secret(access.token) }), reader);
    case "route53": {
      const keys = access.keys && { id: access.keys.id, secret: new Secret(access.keys.secret) };
      return untilVisible(createRoute53({ keys }), reader);
    }
    case "rfc2136": {
      const key = { ...access.key, secret: new Secret(access.key.secret) };
      const makeId = () => Math.floor(random() * 2 ** 16);
      return untilVisible(createRfc2136({ ...access, key, nowMs, makeId }), reader);
    }
    default:
      return access satisfies never;
  }
}
