import {
  accepted,
  HTML_HANDLINGS,
  type HtmlHandling,
  type Parsed,
  parseMountPath,
  parseSiteName,
  type PodSettings,
  refused,
  RULES_DIALECTS,
  type RulesDialect,
} from "#model";
import {
  parseChoice,
  parseCount,
  parseEndpoint,
  parseText,
  type ReadSettings,
  readSettings,
  type Setting,
} from "./settings.ts";

export const DEFAULT_IGNORE: readonly string[] = ["**/*.map", ".*", "node_modules/**"];
export const DEFAULT_CONCURRENT = 20;
const ROUTING_MODES = ["subdomain", "path"] as const;

/** What `sitepod.toml`, in a project's folder, says. */
export interface SitepodToml {
  readonly name: string | undefined;
  /** Relative to the file's folder. */
  readonly directory: string;
  readonly ignore: readonly string[];
  readonly concurrent: number;
  /** Where the site shares a domain; undefined where it is reached at host names of its own. */
  readonly routing: { readonly domain: string; readonly slug: string } | undefined;
  readonly serve: PodSettings;
  readonly endpoint: string | undefined;
}

const name: Setting<string> = {
  key: "project.name",
  type: "text",
  doc: "The site's name, which is also its subdomain: lower-case letters, digits and single hyphens.",
  example: "my-site",
  parse: (value) => (typeof value === "string" ? parseSiteName(value) : parseText(value)),
};
const routingMode: Setting<(typeof ROUTING_MODES)[number]> = {
  key: "project.routing_mode",
  type: '"subdomain" or "path"',
  default: "subdomain",
  doc: "Whether the site has a host name of its own or lives under a path of one.",
  example: "subdomain",
  parse: parseChoice(ROUTING_MODES),
};
const directory: Setting<string> = {
  key: "build.directory",
  type: "text",
  default: ".",
  doc: "The folder that is deployed, relative to this file: what your build writes.",
  example: "./dist",
  parse: parseText,
};
const ignore: Setting<readonly string[]> = {
  key: "deploy.ignore",
  type: "list of globs",
  default: DEFAULT_IGNORE,
  doc:
    "What is left out. A glob without a slash matches the name of a file or folder at any depth, one with a slash the " +
    "path from the deployed folder. `.well-known/` is kept unless a glob names it.",
  example: DEFAULT_IGNORE,
  parse: parseGlobs,
};
const concurrent: Setting<number> = {
  key: "deploy.concurrent",
  type: "number, 1 to 100",
  default: DEFAULT_CONCURRENT,
  doc: "How many files are uploaded at the same time.",
  example: DEFAULT_CONCURRENT,
  parse: parseCount(1, 100),
};
const domain: Setting<string> = {
  key: "deploy.routing.domain",
  type: "text",
  doc: "Path mode only: the host name that the site shares.",
  example: "h5.example.com",
  parse: parseText,
};
const slug: Setting<string> = {
  key: "deploy.routing.slug",
  type: "text",
  doc: "Path mode only: the path that the site has there, without a slash at the end.",
  example: "/my-site",
  parse: (value) => (typeof value === "string" ? parseMountPath(value) : parseText(value)),
};
const htmlHandling: Setting<HtmlHandling> = {
  key: "serve.html_handling",
  type: HTML_HANDLINGS.map((mode) => JSON.stringify(mode)).join(", "),
  default: HTML_HANDLINGS[0],
  doc:
    "How the addresses of HTML files are spelled; other spellings are redirected to it. `auto-trailing-slash`: " +
    "`about.html` is `/about`, `docs/index.html` is `/docs/`. `force-trailing-slash`: `/about/`, `/docs/`. " +
    "`drop-trailing-slash`: `/about`, `/docs`. `none`: each file only at its own path.",
  example: HTML_HANDLINGS[0],
  parse: parseChoice(HTML_HANDLINGS),
};
const rulesDialect: Setting<RulesDialect> = {
  key: "serve.rules_dialect",
  type: RULES_DIALECTS.map((dialect) => JSON.stringify(dialect)).join(" or "),
  doc: "Whose grammar `_redirects` and `_headers` are written in. Without it: told by what they say, else Netlify's.",
  example: "netlify",
  parse: parseChoice(RULES_DIALECTS),
};
const endpoint: Setting<string> = {
  key: "server.endpoint",
  type: "address",
  doc: "The server this site is deployed to, for everybody who works on it. Without it: the one you are logged in to.",
  example: "https://sitepod.example.com",
  parse: parseEndpoint,
};

/** Every setting of `sitepod.toml`, in the order of the reference page. */
export const SITEPOD_TOML_SETTINGS: readonly Setting[] = [
  name,
  routingMode,
  directory,
  ignore,
  concurrent,
  domain,
  slug,
  htmlHandling,
  rulesDialect,
  endpoint,
];

export type ParsedToml<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly string[] };

/** Parses `sitepod.toml`, strictly: an unknown key is a fault too. All faults are told at once, each with its place. */
export function parseSitepodToml(text: string): ParsedToml<SitepodToml> {
  const read = readSettings(text, SITEPOD_TOML_SETTINGS);
  const isPathMode = find(read, routingMode) === "path";
  const faults = [...read.faults, ...read.unknown];
  if (isPathMode && faults.length === 0) faults.push(...findMissing([domain, slug], read));
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    value: {
      name: find(read, name),
      directory: find(read, directory)!,
      ignore: find(read, ignore)!,
      concurrent: find(read, concurrent)!,
      routing: isPathMode ? { domain: find(read, domain)!, slug: find(read, slug)! } : undefined,
      serve: { html_handling: find(read, htmlHandling), rules_dialect: find(read, rulesDialect) },
      endpoint: find(read, endpoint),
    },
  };
}

const find = <T>(read: ReadSettings, setting: Setting<T>): T | undefined =>
  (read.values.get(setting.key) as T | undefined) ?? setting.default;

const findMissing = (needed: readonly Setting[], read: ReadSettings): string[] =>
  needed
    .filter(({ key }) => !read.values.has(key))
    .map(
      ({ key, example }) =>
        `${key}: is missing; with routing_mode = "path", say for instance ${JSON.stringify(example)}`,
    );

function parseGlobs(value: unknown): Parsed<readonly string[]> {
  if (!Array.isArray(value) || !value.every((glob) => typeof glob === "string" && glob !== "")) {
    return refused('must be a list of globs, such as ["**/*.map"]');
  }
  const negated = value.find((glob: string) => glob.startsWith("!"));
  return negated === undefined
    ? accepted(value as string[])
    : refused(`${JSON.stringify(negated)} must not start with "!"; list only what is left out`);
}
