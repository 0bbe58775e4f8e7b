/** The tabs of a site's page, by their last path segment. */
export const SITE_TABS = ["releases", "previews", "compare", "settings"] as const;
export type SiteTab = (typeof SITE_TABS)[number];

export type Route =
  | { page: "sites" }
  | { page: "site"; site: string; tab: SiteTab }
  | { page: "tokens" }
  | { page: "activity" }
  | { page: "account" }
  | { page: "security" }
  | { page: "device" }
  | { page: "forgot-password" }
  | { page: "reset-password" }
  | { page: "unknown" };

const PLAIN_PAGES = [
  "tokens",
  "activity",
  "account",
  "security",
  "device",
  "forgot-password",
  "reset-password",
] as const;

/** Reads a URL's path. A path that names no page is `unknown`; a site's own path is its releases. */
export function parseRoute(path: string): Route {
  const [first, second, third, ...rest] = path.split("/").filter((segment) => segment !== "");
  if (rest.length > 0) return { page: "unknown" };
  if (first === undefined) return { page: "sites" };
  if (first === "sites" && second !== undefined) {
    const tab = SITE_TABS.find((name) => name === (third ?? "releases"));
    return tab ? { page: "site", site: second, tab } : { page: "unknown" };
  }
  const plain = PLAIN_PAGES.find((name) => name === first);
  if (second === undefined && plain !== undefined) return { page: plain };
  return { page: "unknown" };
}

/** The path of a site's tab. */
export const sitePath = (site: string, tab: SiteTab = "releases"): string =>
  tab === "releases" ? `/sites/${site}` : `/sites/${site}/${tab}`;

/** The path of the comparison of two releases. */
export const comparePath = (site: string, from: string, to: string): string =>
  `${sitePath(site, "compare")}?${new URLSearchParams({ from, to })}`;
