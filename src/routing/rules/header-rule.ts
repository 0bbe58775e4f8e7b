import { accepted, type Parsed, refused } from "#model";
import type { Glob } from "./glob.ts";
import type { PathPattern } from "./path-pattern.ts";

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** A user and a password that open a path. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** One block of `_headers`: a path, and what is done to the headers of its answers. */
export interface HeaderRule {
  readonly line: number;
  readonly place:
    | { readonly kind: "glob"; readonly glob: Glob }
    /** A host is a pattern too, its labels being the segments. */
    | { readonly kind: "pattern"; readonly host: PathPattern | undefined; readonly path: PathPattern };
  /** Each name once, in lower case, except `set-cookie`. */
  readonly set: readonly HeaderField[];
  /** In lower case. */
  readonly unset: readonly string[];
  /** Who may come in; undefined: everybody. An empty list is nobody: what was meant could not be read. */
  readonly credentials: readonly Credentials[] | undefined;
}

/** What the server says of a message itself: to set them would break the answer, or lie. */
const RESERVED = new Set([
  "accept-ranges",
  "age",
  "allow",
  "alt-svc",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "date",
  "etag",
  "host",
  "keep-alive",
  "last-modified",
  "location",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Visible ASCII, spaces and tabs: what every client reads alike. */
const VALUE = /^[\t\x20-\x7e]+$/;

/** Parses `Name: value`. The name comes back in lower case. */
export function parseHeaderField(text: string): Parsed<HeaderField> {
  const colon = text.indexOf(":");
  if (colon === -1) return refused("This is neither a path nor a header. Write Name: value.");
  const name = parseHeaderName(text.slice(0, colon));
  if (!name.ok) return name;
  const value = text.slice(colon + 1).trim();
  if (value === "") return refused(`${text.slice(0, colon).trim()} has no value. Write Name: value.`);
  if (!VALUE.test(value)) return refused("A header's value is ASCII. Percent-encode other characters.");
  return accepted({ name: name.value, value });
}

/** Parses a header's name into lower case; those that the server sets are refused. */
export function parseHeaderName(text: string): Parsed<string> {
  const name = text.trim().toLowerCase();
  if (!TOKEN.test(name)) return refused(`${JSON.stringify(text.trim())} is not the name of a header.`);
  return RESERVED.has(name)
    ? refused(`${text.trim()} is set by the server alone. The line is left out.`)
    : accepted(name);
}

/** Adds a field to those of its rule: what is repeated is joined by commas, cookies stay apart (RFC 9110, section 5.3). */
export function addField(fields: HeaderField[], field: HeaderField): void {
  const index = field.name === "set-cookie" ? -1 : fields.findIndex(({ name }) => name === field.name);
  if (index === -1) fields.push(field);
  else fields[index] = { name: field.name, value: `${fields[index]!.value}, ${field.value}` };
}
