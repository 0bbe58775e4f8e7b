import { CHALLENGE_PATH } from "#pki";
import { plainAddress } from "./proxies.ts";

/** What becomes of a request without TLS while HTTPS is on. */
export type PlainDecision =
  | { readonly kind: "challenge" }
  | { readonly kind: "serve" }
  | { readonly kind: "redirect"; readonly location: string };

export interface PlainRequest {
  readonly url: string;
  /** The Host header; undefined where it is not one host name: such a request is refused, not sent on. */
  readonly host: string | undefined;
  /** Of the client. */
  readonly address: string | null;
}

const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;
const LOOPBACK_ADDRESS = /^(?:127\.|::1$)/;

/**
 * Decides about a request that came without TLS, or whose client did, before a proxy. An authority's challenges are
 * answered, this machine may look at itself without, and everybody else is sent to HTTPS.
 */
export function decidePlain({ url, host, address }: PlainRequest, httpsPort: number): PlainDecision {
  const [, scheme, target = "/"] = /^(https?):\/\/[^/]*(.*)$/.exec(url) ?? [];
  if (target.startsWith(CHALLENGE_PATH)) return { kind: "challenge" };
  if (scheme === "https") return { kind: "serve" };
  if (host === undefined) return { kind: "serve" };
  const isOwn = LOOPBACK_HOST.test(host) && LOOPBACK_ADDRESS.test(plainAddress(address ?? ""));
  if (isOwn) return { kind: "serve" };
  const name = host.replace(/:\d*$/, "");
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  return { kind: "redirect", location: `https://${name}${port}${target}` };
}
