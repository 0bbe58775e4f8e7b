import type { PodSettings, RulesDialect } from "#model";
import { parseCloudflareHeaders } from "./cloudflare-headers.ts";
import { parseCloudflareRedirects } from "./cloudflare-redirects.ts";
import { tellDialect } from "./dialect.ts";
import type { HeaderRule } from "./header-rule.ts";
import { parseNetlifyHeaders } from "./netlify-headers.ts";
import { parseNetlifyRedirects } from "./netlify-redirects.ts";
import { isProxy, type RedirectRule } from "./redirect-rule.ts";
import type { ParsedRules, RuleFault } from "./rule-fault.ts";

export const REDIRECTS_FILE = "_redirects";
export const HEADERS_FILE = "_headers";
/** Bytes that each of the files may have: a hundred thousand rules. */
export const MAX_RULES_FILE_BYTES = 8 * 1024 * 1024;

/** Files that say how a pod is served, and are never served themselves. */
export const isRulesFile = (path: string): boolean => path === REDIRECTS_FILE || path === HEADERS_FILE;

/** The texts of the two files; empty where there is none. */
export interface RulesFiles {
  readonly redirects: string;
  readonly headers: string;
}

export interface SiteRules {
  readonly dialect: RulesDialect;
  readonly redirects: ParsedRules<RedirectRule>;
  readonly headers: ParsedRules<HeaderRule>;
}

/** Parses both files, in the dialect that is set, else in the one that they are told by. */
export function parseSiteRules({ redirects, headers }: RulesFiles, settings: PodSettings): SiteRules {
  const dialect = settings.rules_dialect ?? tellDialect(redirects, headers);
  return dialect === "netlify"
    ? { dialect, redirects: parseNetlifyRedirects(redirects), headers: parseNetlifyHeaders(headers) }
    : { dialect, redirects: parseCloudflareRedirects(redirects), headers: parseCloudflareHeaders(headers) };
}

/** A fault and the file that it is in. */
export interface RulesWarning extends RuleFault {
  readonly file: string;
}

/** Lists what a deploy should be told of its rules. */
export function listWarnings({ redirects, headers }: SiteRules, mayProxy: boolean): RulesWarning[] {
  const proxies = mayProxy ? [] : redirects.rules.filter(isProxy);
  const closed = proxies.map(({ line, source }) => ({
    file: REDIRECTS_FILE,
    line,
    text: source,
    message: "This server does not ask other servers: whoever runs it can allow that with --allow-proxying.",
  }));
  return [
    ...[...redirects.faults.map((fault) => ({ file: REDIRECTS_FILE, ...fault })), ...closed].sort(
      (a, b) => a.line - b.line,
    ),
    ...headers.faults.map((fault) => ({ file: HEADERS_FILE, ...fault })),
  ];
}
