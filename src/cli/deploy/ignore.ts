import picomatch from "picomatch";

const WELL_KNOWN = ".well-known";

/**
 * Returns what decides whether a path (relative, `/`-separated, a file's or a folder's) is left out. A glob without a
 * slash is matched with the last name of the path, one with a slash with the whole path. A folder that is left out
 * takes everything in it along, so the caller does not descend. `.well-known` is taken for a plain name unless a glob
 * names it: it holds what a site must answer with (RFC 8615), and "no dotfiles" does not mean it.
 */
export function createIgnore(globs: readonly string[]): (path: string) => boolean {
  const rules = globs.map((glob) => {
    const pattern = glob.replace(/^\.?\//, "");
    return {
      matches: picomatch(pattern, { dot: true }),
      isByName: !glob.includes("/"),
      namesWellKnown: glob.includes(WELL_KNOWN),
    };
  });
  return (path) => {
    const disguised = path.replaceAll(WELL_KNOWN, WELL_KNOWN.slice(1));
    return rules.some(({ matches, isByName, namesWellKnown }) => {
      const seen = namesWellKnown ? path : disguised;
      return matches(isByName ? seen.slice(seen.lastIndexOf("/") + 1) : seen);
    });
  };
}
