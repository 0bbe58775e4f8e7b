import { type Environment, isEnvironment, type Mount, parsePreviewSlug } from "#model";

/** What a visitor of a site under a path has chosen to see of it there. */
export type View =
  | { readonly kind: "environment"; readonly environment: Environment }
  | { readonly kind: "preview"; readonly slug: string };

const COOKIE = "sitepod_view";

/**
 * Reads `?env=beta` and `?preview=slug` from a query, and returns the rest of it as it was written. The last one counts.
 * Undefined where there is none; other values of these names are the site's own affair.
 */
export function parseViewQuery(query: string, label: string): { view: View; query: string } | undefined {
  let view: View | undefined;
  const rest = query
    .slice(1)
    .split("&")
    .filter((pair) => {
      const chosen = parseViewPair(pair, label);
      view = chosen ?? view;
      return chosen === undefined;
    });
  return view && { view, query: rest.length === 0 ? "" : `?${rest.join("&")}` };
}

function parseViewPair(pair: string, label: string): View | undefined {
  const [name, value = ""] = pair.split("=", 2);
  if (name === "env" && isEnvironment(value)) return { kind: "environment", environment: value };
  return name === "preview" && parsePreviewSlug(value, label).ok ? { kind: "preview", slug: value } : undefined;
}

/**
 * Reads what was chosen for a mount from a Cookie header (RFC 6265, section 4.2). Each value names its mount, since a
 * browser sends the cookie of `/blog/` to `/blog/old/` too.
 */
export function parseViewCookie(header: string | null, mount: Mount): View | undefined {
  if (!header?.includes(COOKIE)) return undefined;
  const prefix = `${COOKIE}=${mount.path}:`;
  const cookie = header.split(/;[ \t]*/).find((pair) => pair.startsWith(prefix));
  return cookie === undefined ? undefined : parseViewPair(cookie.slice(prefix.length), mount.label);
}

/** Writes the Set-Cookie that keeps a choice until the browser is closed, for this host and mount alone. */
export function formatViewCookie(view: View, mount: Mount, isSecure: boolean): string {
  const chosen = view.kind === "preview" ? `preview=${view.slug}` : `env=${view.environment}`;
  return `${COOKIE}=${mount.path}:${chosen}${attributes(mount, isSecure)}`;
}

/** Writes the Set-Cookie that forgets a choice. */
export const formatForgottenView = (mount: Mount, isSecure: boolean): string =>
  `${COOKIE}=${attributes(mount, isSecure)}; Max-Age=0`;

const attributes = ({ path }: Mount, isSecure: boolean): string =>
  `; Path=${path}/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
