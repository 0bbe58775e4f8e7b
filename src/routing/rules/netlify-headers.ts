import { accepted, refused } from "#model";
import { type Block, collectHeaders } from "./collect-headers.ts";
import { parseGlob } from "./glob.ts";
import { addField, type Credentials, type HeaderRule, parseHeaderField } from "./header-rule.ts";
import type { ParsedRules } from "./rule-fault.ts";

/** More than anybody has, and still read in a second. */
const MAX_RULES = 100_000;
/** Characters. Content security policies are long. */
const MAX_LINE_LENGTH = 16_384;

/** Parses `_headers` as Netlify does; `Basic-Auth: user:password …` closes a path to everybody else. */
export const parseNetlifyHeaders = (file: string): ParsedRules<HeaderRule> =>
  collectHeaders(file, {
    isPlace: (text) => /^(?:\/|https?:\/\/)/i.test(text),
    parsePlace: (text) =>
      text.startsWith("/")
        ? accepted({ kind: "glob", glob: parseGlob(text) })
        : refused('A host over headers is Cloudflare\'s. Set rules_dialect = "cloudflare", or write the path alone.'),
    addLine,
    maxRules: MAX_RULES,
    maxLineLength: MAX_LINE_LENGTH,
  });

function addLine(block: Block, text: string): string | undefined {
  const [, credentials] = /^basic-auth\s*:(.*)$/is.exec(text) ?? [];
  if (credentials !== undefined) return addCredentials(block, credentials);
  if (/^!\s*\S+$/.test(text)) {
    return '"! Name" is Cloudflare\'s. Set rules_dialect = "cloudflare" in sitepod.toml, or leave the line out.';
  }
  const field = parseHeaderField(text);
  if (!field.ok) return field.fault;
  addField(block.set, field.value);
  return undefined;
}

function addCredentials(block: Block, text: string): string | undefined {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const credentials = words.map(parseCredentials).filter((one) => one !== undefined);
  // Whoever wrote the line meant to close the path: with nobody named it stays closed.
  block.credentials = [...(block.credentials ?? []), ...credentials];
  return words.length > 0 && credentials.length === words.length
    ? undefined
    : "Basic-Auth takes user:password, several of them apart by spaces. What cannot be read lets nobody in.";
}

function parseCredentials(word: string): Credentials | undefined {
  const colon = word.indexOf(":");
  return colon > 0 && colon < word.length - 1
    ? { user: word.slice(0, colon), password: word.slice(colon + 1) }
    : undefined;
}
