import { accepted, type Parsed, refused, type RulesDialect } from "#model";

/** One segment of a pattern. */
type Segment =
  | { readonly kind: "literal"; readonly text: string }
  /** `:year-:month.html`: one literal more than names, around them. */
  | { readonly kind: "named"; readonly names: readonly string[]; readonly literals: readonly string[] };

/** `*`: what stands before it, and after it, in its own segment, and the segments after that. */
interface Splat {
  readonly before: string;
  readonly after: string;
  readonly tail: readonly Segment[];
  /** Whether `/a/*` matches `/a` too. */
  readonly mayBeAbsent: boolean;
}

/** The source of a rule: a path in which `*` stands for anything and `:name` for (a part of) one segment. */
export interface PathPattern {
  readonly head: readonly Segment[];
  readonly splat: Splat | undefined;
  /** Whether a slash at the end makes no difference. */
  readonly ignoresSlash: boolean;
}

/** What the placeholders stand for, decoded; the splat is called `splat`. */
export type Captures = ReadonlyMap<string, string>;

const NAME = /:([A-Za-z]\w*)/g;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** Parses a percent-encoded path that starts with a slash. The fault is a sentence. */
export function parsePathPattern(path: string, dialect: RulesDialect): Parsed<PathPattern> {
  const ignoresSlash = dialect === "netlify";
  const texts = splitPath(path.slice(1), ignoresSlash);
  const starred = texts.findIndex((text) => text.includes("*"));
  const fault = starred === -1 ? undefined : findSplatFault(path, texts, starred, dialect);
  if (fault !== undefined) return refused(fault);

  const segments: (Segment | undefined)[] = [];
  for (const [index, text] of texts.entries()) {
    const segment = index === starred ? accepted(undefined) : parseSegment(text, dialect);
    if (!segment.ok) return segment;
    segments.push(segment.value);
  }
  const named = segments.flatMap((segment) => (segment?.kind === "named" ? segment.names : []));
  const names = starred === -1 ? named : [...named, "splat"];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return refused(`The placeholder :${twice} is used twice. Give each a name of its own.`);

  const isSegment = (segment: Segment | undefined): segment is Segment => segment !== undefined;
  if (starred === -1) return accepted({ head: segments.filter(isSegment), splat: undefined, ignoresSlash });
  const [before = "", after = ""] = texts[starred]!.split("*").map((text) => decode(text) ?? text);
  const splat = { before, after, tail: segments.slice(starred + 1).filter(isSegment), mayBeAbsent: ignoresSlash };
  return accepted({ head: segments.slice(0, starred).filter(isSegment), splat, ignoresSlash });
}

/** Matches a decoded path without its first slash, in time linear in its length. Undefined where it does not match. */
export function matchPathPattern(pattern: PathPattern, path: string): Captures | undefined {
  const { head, splat } = pattern;
  const segments = splitPath(path, pattern.ignoresSlash);
  const captures = new Map<string, string>();
  if (!splat) {
    return segments.length === head.length && matchSegments(head, segments, captures) ? checked(captures) : undefined;
  }
  const end = segments.length - splat.tail.length;
  if (end < head.length + (splat.mayBeAbsent ? 0 : 1)) return undefined;
  if (!matchSegments(head, segments.slice(0, head.length), captures)) return undefined;
  if (!matchSegments(splat.tail, segments.slice(end), captures)) return undefined;
  const rest = segments.slice(head.length, end).join("/");
  const { before, after } = splat;
  if (rest.length < before.length + after.length || !rest.startsWith(before) || !rest.endsWith(after)) return undefined;
  const slash = pattern.ignoresSlash && rest !== "" && path.endsWith("/") ? "/" : "";
  captures.set("splat", rest.slice(before.length, rest.length - after.length) + slash);
  return checked(captures);
}

/** The segments with which every matching path begins, undefined for those that may be anything, and whether more may follow. */
export function indexKeyOf({ head, splat }: PathPattern): { segments: (string | undefined)[]; isOpen: boolean } {
  const segments = head.map((segment) => (segment.kind === "literal" ? segment.text : undefined));
  return { segments, isOpen: splat !== undefined };
}

/** Whether the pattern is one path, without placeholders. */
export const isStatic = ({ head, splat }: PathPattern): boolean =>
  splat === undefined && head.every(({ kind }) => kind === "literal");

/** The names that a target may use. */
export const namesOf = ({ head, splat }: PathPattern): string[] => [
  ...[...head, ...(splat?.tail ?? [])].flatMap((segment) => (segment.kind === "named" ? segment.names : [])),
  ...(splat ? ["splat"] : []),
];

/** Splits a path without its first slash. The front page has no segments where the last slash is ignored. */
export function splitPath(path: string, ignoresSlash: boolean): string[] {
  const segments = path.split("/");
  if (ignoresSlash && segments.at(-1) === "") segments.pop();
  return segments;
}

function findSplatFault(path: string, texts: string[], starred: number, dialect: RulesDialect): string | undefined {
  if (path.indexOf("*") !== path.lastIndexOf("*")) return "Only one * can be used. Use :name for the other parts.";
  if (dialect === "netlify") {
    const isLast = starred === texts.length - 1 && texts[starred] === "*";
    return isLast ? undefined : "* must be the whole last segment, as in /blog/*.";
  }
  return texts[starred]!.match(NAME) ? "* and a placeholder cannot share a segment. Put a / between them." : undefined;
}

function parseSegment(text: string, dialect: RulesDialect): Parsed<Segment> {
  // Files may have a hundred thousand lines, and nearly all of their segments are plain.
  if (!/[:%]/.test(text)) return accepted({ kind: "literal", text });
  const names = Array.from(text.matchAll(NAME), ([, name]) => name!);
  const literals = text.split(/:[A-Za-z]\w*/).map(decode);
  if (!literals.every((literal) => literal !== undefined)) {
    return refused(`${JSON.stringify(text)} is not percent-encoded UTF-8. Write a literal % as %25.`);
  }
  if (literals.some((literal) => literal.includes("/"))) return refused("%2F in a path never matches. Use /.");
  const isWhole = names.length === 1 && literals.every((literal) => literal === "");
  if (names.length === 0 || (dialect === "netlify" && !text.startsWith(":"))) {
    return accepted({ kind: "literal", text: decode(text)! });
  }
  if (dialect === "netlify" && !isWhole) {
    return refused(`A placeholder must be a whole segment, as in /:${names[0]}/.`);
  }
  return accepted({ kind: "named", names, literals });
}

function matchSegments(
  patterns: readonly Segment[],
  segments: readonly string[],
  captures: Map<string, string>,
): boolean {
  return patterns.every((pattern, index) => matchSegment(pattern, segments[index]!, captures));
}

/** Each placeholder takes as much as it can, the first one first, and at least one character. */
function matchSegment(pattern: Segment, segment: string, captures: Map<string, string>): boolean {
  if (pattern.kind === "literal") return pattern.text === segment;
  const { names, literals } = pattern;
  if (!segment.endsWith(literals.at(-1)!)) return false;
  let end = segment.length - literals.at(-1)!.length;
  for (let index = names.length - 1; index >= 0; index--) {
    const literal = literals[index]!;
    const at = index === 0 ? 0 : segment.lastIndexOf(literal, end - 1 - literal.length);
    const start = at + literal.length;
    if (at < 0 || start >= end || !segment.startsWith(literal, at)) return false;
    captures.set(names[index]!, segment.slice(start, end));
    end = at;
  }
  return true;
}

/** No placeholder may climb out of the folder that a target puts it in. */
function checked(captures: Captures): Captures | undefined {
  for (const value of captures.values()) if (DOT_SEGMENT.test(value)) return undefined;
  return captures;
}

function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
