import { accepted, type Parsed, refused } from "#model";
import { type Block, collectHeaders } from "./collect-headers.ts";
import { addField, type HeaderRule, parseHeaderField, parseHeaderName } from "./header-rule.ts";
import { namesOf, parsePathPattern } from "./path-pattern.ts";
import type { ParsedRules } from "./rule-fault.ts";

/** Cloudflare's own limits, so that a file which works here works there. */
export const MAX_HEADER_RULES = 100;
/** Characters. */
export const MAX_LINE_LENGTH = 2000;

/** Parses `_headers` as Cloudflare does; `! Name` takes a header away. */
export const parseCloudflareHeaders = (file: string): ParsedRules<HeaderRule> =>
  collectHeaders(file, {
    isPlace: (text) => /^(?:\/|\S+:\/\/)/.test(text),
    parsePlace,
    addLine,
    maxRules: MAX_HEADER_RULES,
    maxLineLength: MAX_LINE_LENGTH,
  });

function parsePlace(text: string): Parsed<HeaderRule["place"]> {
  const [, host, rest = ""] = /^https:\/\/([^/?#]*)(.*)$/i.exec(text) ?? [];
  if (host === undefined && !text.startsWith("/")) return refused("A host is written with https:// before it.");
  const path = parsePathPattern((host === undefined ? text : rest || "/").replace(/[?#].*$/, ""), "cloudflare");
  if (!path.ok) return path;
  if (host === undefined) return accepted({ kind: "pattern", host, path: path.value });
  if (/:\d*$/.test(host)) return refused("A host is written without its port.");
  if (!/^[a-z0-9_.:-]+$/i.test(host)) return refused(`${JSON.stringify(host)} is not a host name.`);
  const labels = parsePathPattern(`/${hostAsPath(host)}`, "cloudflare");
  if (!labels.ok) return labels;
  const twice = namesOf(labels.value).find((name) => namesOf(path.value).includes(name));
  if (twice !== undefined) return refused(`The placeholder :${twice} is used twice. Give each a name of its own.`);
  return accepted({ kind: "pattern", host: labels.value, path: path.value });
}

/** Writes a host as a path, label by label; the names of placeholders keep their case. */
export const hostAsPath = (host: string): string =>
  host
    .replaceAll(".", "/")
    .replace(/:[A-Za-z]\w*|[A-Z]/g, (part) => (part.startsWith(":") ? part : part.toLowerCase()));

function addLine(block: Block, text: string): string | undefined {
  if (/^basic-auth\s*:/i.test(text)) {
    return 'Basic-Auth is Netlify\'s, and this path is open to everybody. Set rules_dialect = "netlify" in sitepod.toml.';
  }
  if (text.startsWith("!")) {
    const name = parseHeaderName(text.slice(1));
    if (!name.ok) return name.fault;
    block.unset.push(name.value);
    return undefined;
  }
  const field = parseHeaderField(text);
  if (!field.ok) return field.fault;
  addField(block.set, field.value);
  return undefined;
}
