import { type HeaderChange, type HeaderDecision, parseRequestPath, type RuleDecision, splitUrl } from "#routing";
import { opensLocks } from "./basic-auth.ts";
import { keepPrivate } from "./keep-private.ts";
import { applyHeaders } from "./owner-headers.ts";
import { respondPage } from "./pages.ts";
import type { Proxy } from "./proxy.ts";
import type { PodRules } from "./rules.ts";
import { whenReady } from "./when-ready.ts";

type Answer = Response | Promise<Response>;

/** A request, and the same as it came, where one was made of the other. */
export interface Asked {
  readonly request: Request;
  readonly received: Request;
}

/** A pod that has rules, as far as they need it. */
export interface RuledSite {
  /** Search engines may list it. */
  readonly isListed: boolean;
  /** Whether a file answers at a decoded path, without what stands in for those that are missing. */
  readonly hasFile: (path: string) => boolean;
  /** Answers as if there were no rules. */
  readonly serve: () => Answer;
  /** Answers with the file at another path, under a status. */
  readonly serveInstead: (path: string, status: number) => Answer;
}

export interface RulesOptions {
  /** The header in which a proxy before the server tells the visitor's country. */
  readonly countryHeader?: string | undefined;
  /** Undefined where the server asks no others. */
  readonly proxy?: Proxy | undefined;
}

/** A 301 is kept for ever by default: then no rollback would reach those who have seen it. */
const REDIRECT_CACHING = "public, max-age=0, must-revalidate";
const NO_HEADERS: HeaderDecision = { changes: [], locks: [] };
const NO_DECISION: RuleDecision = { kind: "none", vary: [] };

/** Answers as the rules of a site say: its locks first, then its redirects, then its files with its headers. */
export function serveRuled(asked: Asked, rules: PodRules, site: RuledSite, options: RulesOptions): Answer {
  const { headers, method, url } = asked.request;
  const { path: address, query } = splitUrl(url);
  const parsed = parseRequestPath(address);
  const host = hostnameOf(headers);
  // What is no path of a pod is still below a locked `/*`.
  const path = parsed.kind === "path" ? parsed.path : address.slice(1);
  const { changes, locks } = rules.headers?.match(host, path) ?? NO_HEADERS;
  if (locks.length > 0 && !opensLocks(headers.get("Authorization"), locks)) return respondPage("locked", method);
  const { countryHeader, proxy } = options;
  const decision =
    rules.redirects && parsed.kind === "path"
      ? rules.redirects.match({ host, path, query, headers, countryHeader, hasFile: () => site.hasFile(path) })
      : NO_DECISION;
  return whenReady(follow(asked, decision, changes, site, proxy), (response) => {
    for (const name of decision.vary) response.headers.append("Vary", name);
    return locks.length > 0 ? keepPrivate(response) : response;
  });
}

function follow(
  { request, received }: Asked,
  decision: RuleDecision,
  changes: readonly HeaderChange[],
  site: RuledSite,
  proxy: Proxy | undefined,
): Answer {
  switch (decision.kind) {
    case "none":
      return whenReady(site.serve(), (response) => applyHeaders(response, changes));
    case "rewrite":
      return whenReady(site.serveInstead(decision.path, decision.status), (response) =>
        applyHeaders(response, changes),
      );
    case "redirect":
      return new Response(null, {
        status: decision.status,
        headers: { Location: decision.location, "Cache-Control": REDIRECT_CACHING },
      });
    case "proxy":
      if (!proxy) return respondPage("notProxied", request.method);
      return proxy(request, received, decision.url).then((response) => {
        if (!site.isListed) response.headers.set("X-Robots-Tag", "noindex");
        return response;
      });
    default:
      return decision satisfies never;
  }
}

const hostnameOf = (headers: Headers): string =>
  (headers.get("Host") ?? "").toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
