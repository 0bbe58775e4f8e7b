/** The tabs of a site's page, by their last path segment. */
export const SITE_TABS = ["releases", "previews", "traffic", "domains", "settings"] as const;
export type SiteTab = (typeof SITE_TABS)[number];

/** The tabs of a release's page. */
export const RELEASE_TABS = ["files", "changes", "preview", "log"] as const;
export type ReleaseTab = (typeof RELEASE_TABS)[number];

const PLAIN_PAGES = [
  "new",
  "members",
  "approvals",
  "tokens",
  "bin",
  "webhooks",
  "audit",
  "usage",
  "settings",
  "server",
  "invitation",
  "account",
  "security",
  "device",
  "forgot-password",
  "reset-password",
] as const;

export type Route =
  | { page: "sites" }
  | { page: "site"; site: string; tab: SiteTab }
  | { page: "release"; site: string; version: string; tab: ReleaseTab }
  | { page: "deploy"; site: string }
  | { page: "deploy-log"; site: string; id: string }
  | { page: (typeof PLAIN_PAGES)[number] }
  | { page: "unknown" };

const UNKNOWN: Route = { page: "unknown" };

/** Reads a URL's path. A path that names no page is `unknown`; a site's own path is its releases. */
export function parseRoute(path: string): Route {
  const [first, second, ...rest] = path.split("/").filter((segment) => segment !== "");
  if (first === undefined) return { page: "sites" };
  if (first === "sites" && second !== undefined) return parseSiteRoute(second, rest);
  const page = PLAIN_PAGES.find((name) => name === first);
  return page && second === undefined ? { page } : UNKNOWN;
}

function parseSiteRoute(site: string, [first = "releases", second, third, ...rest]: string[]): Route {
  if (rest.length > 0) return UNKNOWN;
  if (first === "releases" && second !== undefined) {
    const tab = RELEASE_TABS.find((name) => name === (third ?? "files"));
    return tab && /^v[1-9][0-9]*$/.test(second) ? { page: "release", site, version: second, tab } : UNKNOWN;
  }
  if (first === "deploys" && second !== undefined && third === undefined)
    return { page: "deploy-log", site, id: second };
  if (second !== undefined) return UNKNOWN;
  if (first === "deploy") return { page: "deploy", site };
  const tab = SITE_TABS.find((name) => name === first);
  return tab ? { page: "site", site, tab } : UNKNOWN;
}

/** The path of a site's tab. */
export const sitePath = (site: string, tab: SiteTab = "releases"): string =>
  tab === "releases" ? `/sites/${site}` : `/sites/${site}/${tab}`;

/** The path where a folder is deployed to a site. */
export const deployPath = (site: string): string => `/sites/${site}/deploy`;

/** The path of the log of one deploy. */
export const deployLogPath = (site: string, id: string): string => `/sites/${site}/deploys/${id}`;

/** The path of a release's tab. */
export const releasePath = (site: string, version: string, tab: ReleaseTab = "files"): string =>
  `/sites/${site}/releases/${version}${tab === "files" ? "" : `/${tab}`}`;

/** The path of what has changed in a release since another. */
export const comparePath = (site: string, from: string, to: string): string =>
  `${releasePath(site, to, "changes")}?${new URLSearchParams({ from })}`;
