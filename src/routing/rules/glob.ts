/** A piece of a glob: text, one whole segment, anything, or whole segments with their slashes (or none). */
type Token = string | typeof SEGMENT | typeof ANYTHING | typeof SEGMENTS;
const SEGMENT = Symbol("segment");
const ANYTHING = Symbol("anything");
const SEGMENTS = Symbol("segments");

/** The path of a Netlify header rule: any number of `*`, `:name` for a segment; case and a last slash do not count. */
export interface Glob {
  readonly tokens: readonly Token[];
}

/** Parses a path that starts with a slash. What is not percent-encoded is taken as it stands. */
export function parseGlob(path: string): Glob {
  const tokens: Token[] = [];
  const add = (token: Token) => {
    const last = tokens.at(-1);
    if (typeof token === "string" && typeof last === "string") tokens[tokens.length - 1] = last + token;
    else if (token !== "" && (typeof token === "string" || token !== last)) tokens.push(token);
  };
  for (const segment of path.split("/").filter((part) => part !== "")) {
    if (segment === "*") {
      add(SEGMENTS);
      continue;
    }
    add("/");
    if (segment.startsWith(":")) add(SEGMENT);
    else {
      for (const [index, text] of segment.split("*").entries()) {
        if (index > 0) add(ANYTHING);
        add(decode(text).toLowerCase());
      }
    }
  }
  return { tokens };
}

/** Matches a decoded path without its first slash. Takes at most time proportional to the path times the glob. */
export function matchGlob({ tokens }: Glob, path: string): boolean {
  const text = `/${path}`.toLowerCase().replace(/\/$/, "");
  let [token, at] = [0, 0];
  // The last token that takes as much as needed, and up to where it has taken: only the last can ever have to take more.
  let [star, taken] = [-1, 0];
  while (token < tokens.length || at < text.length) {
    const end = token < tokens.length ? take(tokens[token]!, text, at) : undefined;
    if (end !== undefined) {
      if (isStar(tokens[token])) [star, taken] = [token, at];
      [token, at] = [token + 1, end];
      continue;
    }
    if (star === -1) return false;
    taken = tokens[star] === ANYTHING ? taken + 1 : nextSlash(text, taken + 1);
    if (taken > text.length) return false;
    [token, at] = [star + 1, taken];
  }
  return true;
}

/** The literal segments that every match begins with, and whether the glob is nothing but those. */
export function globKeyOf({ tokens }: Glob): { segments: string[]; isOpen: boolean } {
  const [first] = tokens;
  const isOpen = tokens.length !== 1 || typeof first !== "string";
  if (typeof first !== "string") return { segments: [], isOpen: tokens.length > 0 };
  const segments = first.slice(1).split("/");
  // Where text is followed by a star in its segment, that segment is not known.
  if (isOpen && tokens[1] !== SEGMENTS) segments.pop();
  return { segments, isOpen };
}

const isStar = (token: Token | undefined): boolean => token === ANYTHING || token === SEGMENTS;

/** Returns where the token's least match from `at` ends, or undefined. */
function take(token: Token, text: string, at: number): number | undefined {
  if (typeof token === "string") return text.startsWith(token, at) ? at + token.length : undefined;
  if (token === ANYTHING) return at;
  if (token === SEGMENTS) return at === text.length || text[at] === "/" ? at : undefined;
  const end = nextSlash(text, at);
  return end > at ? end : undefined;
}

function nextSlash(text: string, from: number): number {
  const slash = text.indexOf("/", from);
  if (slash !== -1) return slash;
  return from > text.length ? from : text.length;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
