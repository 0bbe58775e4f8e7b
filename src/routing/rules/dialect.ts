import type { RulesDialect } from "#model";
import { ruleLines } from "./rule-fault.ts";

/**
 * Tells whose grammar `_redirects` and `_headers` are written in, where sitepod.toml does not say. Netlify is what only
 * Netlify reads: a status with `!`, above 308, or in the place of the target; a query or a condition (`name=value`); a
 * host in the source; a 200 to another server; `Basic-Auth`. Cloudflare is what only Cloudflare reads: `! Name`, a host
 * over headers, a `*` or `:name` that is not a whole segment of the source. With neither, or with both, it is Netlify.
 */
export function tellDialect(redirects: string, headers: string): RulesDialect {
  let isCloudflare = false;
  for (const { text } of ruleLines(redirects)) {
    const [from = "", ...rest] = text.split(/\s+/);
    const comment = rest.findIndex((word) => word.startsWith("#"));
    const words = comment === -1 ? rest : rest.slice(0, comment);
    if (/^https?:/i.test(from) || words.some(isNetlifyWord) || /^\d/.test(words[0] ?? "")) return "netlify";
    if (/^https?:/i.test(words[0] ?? "") && words[1] === "200") return "netlify";
    isCloudflare ||= /\*./.test(from) || /[^/]\*|:[A-Za-z]\w*[^\w/]/.test(from);
  }
  for (const { text } of ruleLines(headers)) {
    if (/^basic-auth\s*:/i.test(text)) return "netlify";
    isCloudflare ||= /^!\s*[\w-]+$/.test(text) || /^https:\/\//i.test(text);
  }
  return isCloudflare ? "cloudflare" : "netlify";
}

const isNetlifyWord = (word: string): boolean =>
  /^\d{3}!$/.test(word) || /^[4-5]\d\d$/.test(word) || /^(?!\/|https?:)[^=]+=/i.test(word);
