import picomatch from "picomatch";

const WELL_KNOWN = ".well-known";

/**
 * Returns what decides whether a path (relative, `/`-separated, a file's or a folder's) is left out. A glob without a
 * slash is matched with the last name of the path, one with a slash with the whole path. A folder that is left out
 * takes everything in it along, so the caller does not descend. `.well-known` is taken for a plain name unless a glob
 * names it: it holds what a site must answer with (RFC 8615), and "no dotfiles" does not mean it.
 */
export function createIgnore(globs: readonly string[]): (path: string) => boolean {
  const isWellKnown = (glob: string) => glob.includes(WELL_KNOWN);
  const [known, others] = [globs.filter(isWellKnown), globs.filter((glob) => !isWellKnown(glob))];
  const [byNameKnown, byPathKnown] = [createMatcher(known.filter(isName)), createMatcher(known.filter(isPath))];
  const [byName, byPath] = [createMatcher(others.filter(isName)), createMatcher(others.filter(isPath))];
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  return (path) => {
    const disguised = path.includes(WELL_KNOWN) ? path.replaceAll(WELL_KNOWN, WELL_KNOWN.slice(1)) : path;
    return byName(nameOf(disguised)) || byPath(disguised) || byNameKnown(nameOf(path)) || byPathKnown(path);
  };
}

const isPath = (glob: string): boolean => glob.includes("/");
const isName = (glob: string): boolean => !isPath(glob);

/** One look at a text, however many globs there are: each of a folder's hundreds of thousands of files is asked for. */
function createMatcher(globs: readonly string[]): (text: string) => boolean {
  if (globs.length === 0) return () => false;
  const patterns = globs.map((glob) => glob.replace(/^\.?\//, ""));
  const literal = new Set(patterns);
  const any = new RegExp(patterns.map((pattern) => picomatch.makeRe(pattern, { dot: true }).source).join("|"));
  return (text) => literal.has(text) || any.test(text);
}
