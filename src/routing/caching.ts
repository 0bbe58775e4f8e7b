/** For what may change at any deploy: kept, but asked about each time. */
const REVALIDATE = "public, max-age=0, must-revalidate";
/** For what never changes under its name. A year is what HTTP takes for ever. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** The Cache-Control of a file that is found at its path. */
export const cacheControlOf = (path: string): string => (holdsContentHash(path) ? IMMUTABLE : REVALIDATE);

/** Folders in which every file belongs to one build: Next.js, SvelteKit. */
const IMMUTABLE_FOLDER = /(?:^|\/)(?:_next\/static|_app\/immutable)\//;
/** Folders that only bundlers write to. */
const BUNDLER_FOLDER = /(?:^|\/)(?:chunks|_astro|_nuxt|_app|_next)\//;
/** Folders that bundlers and people write to. */
const ASSETS_FOLDER = /(?:^|\/)(?:assets|static)\//;

/** What bundlers make most of; people give other files a name in mixed case more often. */
const CODE = /\.(?:m?js|css|map)$/;

/** webpack, Parcel, Hugo, Gatsby, Sprockets: at least 8 hexadecimal digits. */
const HEX_HASH = /^[0-9a-f]{8,64}$/;
/** esbuild, Angular: 8 digits of base 32. */
const BASE32_HASH = /^[A-Z2-7]{8}$/;
/** Vite, Rollup, Astro, Nuxt, VitePress: 8 digits of base 64, which may hold a hyphen. */
const BASE64_HASH = /^[\w-]{8}$/;

/**
 * Whether a file's name holds a hash of its content, so that it may be cached for ever. When in doubt it does not:
 * a file asked for once too often costs little, a stale one a year of trouble.
 */
export const holdsContentHash = (path: string): boolean =>
  IMMUTABLE_FOLDER.test(path) ||
  hexCandidates(path).some((token) => /[a-f]/.test(token) && !isWordThenNumber(token)) ||
  base64Candidates(path).some((token) => isMixedCase(token) && countBreaks(token) >= (CODE.test(path) ? 1 : 2)) ||
  nameParts(path).some((part) => BASE32_HASH.test(part.slice(-8)) && countBreaks(part.slice(-8)) >= 2);

/**
 * Whether a file's name could hold a hash of its content. Looser than `holdsContentHash`, as one hash in six looks like
 * a word or a number: enough to let a file that a deploy removed answer a little longer.
 */
export const mayHoldContentHash = (path: string): boolean =>
  holdsContentHash(path) ||
  hexCandidates(path).length > 0 ||
  base64Candidates(path).some((token) => /[^a-z]/.test(token));

/** The parts of a file's name between dots, without the last, which is its type: `main.3f2a1b4c.chunk.js`. */
const nameParts = (path: string): string[] =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .split(".")
    .slice(0, -1);

/** A part, or what follows its last hyphen or underscore, where that is hexadecimal. */
const hexCandidates = (path: string): string[] =>
  nameParts(path)
    .map((part) => part.slice(Math.max(part.lastIndexOf("-"), part.lastIndexOf("_")) + 1))
    .filter((token) => HEX_HASH.test(token));

/**
 * The last 8 characters of a part, where a hyphen, an underscore or a dot is before them: `index-DiwrgTda.js`. Only
 * where no person chooses the names does one stand alone: `_nuxt/BqAu6D3v.js`.
 */
function base64Candidates(path: string): string[] {
  const bundled = BUNDLER_FOLDER.test(path);
  if (!bundled && !ASSETS_FOLDER.test(path)) return [];
  return nameParts(path)
    .filter((part, index) => (part.length === 8 ? bundled || index > 0 : /[-_]/.test(part.at(-9) ?? "")))
    .map((part) => part.slice(-8))
    .filter((token) => BASE64_HASH.test(token));
}

const isMixedCase = (token: string): boolean => /[a-z]/.test(token) && /[A-Z]/.test(token);

/** `cafe2024` and `20240115`: hexadecimal by accident. Long ones are no accident. */
const isWordThenNumber = (token: string): boolean => token.length < 16 && /^[a-f]*[0-9]*$/.test(token);

/** Counts where a name changes between letters, digits and cases as no word does: `MyModule` 1, `BqAu6D3v` 5. */
const countBreaks = (token: string): number =>
  token.match(/(?<=[a-z])[A-Z]|(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]/g)?.length ?? 0;
