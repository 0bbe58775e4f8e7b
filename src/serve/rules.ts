import type { Digest, Manifest } from "#model";
import {
  compileHeaders,
  compileRedirects,
  HEADERS_FILE,
  type HeaderMatcher,
  parseSiteRules,
  type RedirectMatcher,
  REDIRECTS_FILE,
} from "#routing";
import type { Readers } from "./readers.ts";

/** What `_redirects` and `_headers` of a pod say, ready to be asked. */
export interface PodRules {
  readonly redirects: RedirectMatcher | undefined;
  readonly headers: HeaderMatcher | undefined;
}

/** Reads the rules of a pod. Undefined where it has none. Throws where a file cannot be read: they may close the site. */
export async function readPodRules(manifest: Manifest, openBlob: Readers["openBlob"]): Promise<PodRules | undefined> {
  const read = async (path: string): Promise<string> => {
    const entry = manifest.find(path);
    if (!entry) return "";
    const text = await (await openBlob(entry.digest as Digest)).slice(0, entry.size).text();
    if (text === "" && entry.size > 0) throw new Error(`${path} cannot be read`);
    return text;
  };
  const [redirectsText, headersText] = await Promise.all([read(REDIRECTS_FILE), read(HEADERS_FILE)]);
  if (redirectsText === "" && headersText === "") return undefined;
  const files = { redirects: redirectsText, headers: headersText };
  const { redirects, headers } = parseSiteRules(files, manifest.settings);
  if (redirects.rules.length + headers.rules.length === 0) return undefined;
  return {
    redirects: redirects.rules.length > 0 ? compileRedirects(redirects.rules) : undefined,
    headers: headers.rules.length > 0 ? compileHeaders(headers.rules) : undefined,
  };
}

/** About how much memory the rules take. */
export const bytesOfRules = (rules: PodRules | undefined): number =>
  RULE_BYTES * ((rules?.redirects?.count ?? 0) + (rules?.headers?.count ?? 0));
const RULE_BYTES = 1000;
