import { type Mount, ROOT_PATH } from "#model";
import {
  findMount,
  formatForgottenView,
  formatViewCookie,
  parseViewCookie,
  parseViewQuery,
  type SiteHost,
  splitUrl,
  type View,
} from "#routing";
import { type Followed, leadOn } from "./host.ts";
import { respondPage } from "./pages.ts";
import type { MountsRoute } from "./ref.ts";
import { whenReady } from "./when-ready.ts";

/** How a site is served at its own name, which a mount is brought back to. */
export interface SiteServer {
  readonly findRoute: (host: SiteHost) => Followed | Promise<Followed>;
  /** `received` is the request as it came, where `request` is one made of it. */
  readonly serveRoute: (request: Request, route: Followed, received?: Request) => Response | Promise<Response>;
  /** Whether the browser came by HTTPS. */
  readonly isHttps: (request: Request) => boolean;
}

/**
 * Serves a request for a custom domain from the site that has the path there. One that has the whole host is served as
 * at its own name. One below a path is asked for what comes after it, and can be seen there in another environment or
 * as a preview, by a cookie.
 */
export function serveMounted(
  request: Request,
  route: Followed<MountsRoute>,
  { findRoute, serveRoute, isHttps }: SiteServer,
): Response | Promise<Response> {
  const target = splitUrl(request.url);
  const mount = findMount(route.mounts, target.path);
  if (!mount) return respondPage("unknown", request.method);
  if (mount.path === ROOT_PATH) {
    return whenReady(findRoute(ownHost(mount)), (own) => serveRoute(request, leadOn(route, own)));
  }
  if (target.path === mount.path) return redirect(`${mount.path}/${target.query}`);

  const isSecure = isHttps(request);
  const asked = parseViewQuery(target.query, mount.label);
  if (asked) return redirect(target.path + asked.query, formatChoice(asked.view, mount, isSecure));

  const chosen = parseViewCookie(request.headers.get("cookie"), mount);
  const url = new URL(request.url).origin + target.path.slice(mount.path.length) + target.query;
  return whenReady(findRoute(chosen ? chosenHost(chosen, mount) : ownHost(mount)), async (own) => {
    const response = await serveRoute(new Request(url, request), own, request);
    // Who chose what is no longer there must not be shut out of the site.
    if (chosen && own.kind !== "pod") response.headers.append("Set-Cookie", formatForgottenView(mount, isSecure));
    return asMounted(response, mount, chosen !== undefined);
  });
}

const ownHost = ({ label, environment }: Mount): SiteHost => ({ kind: "environment", label, environment });
const chosenHost = (view: View, { label }: Mount): SiteHost => ({ ...view, label });

/** To choose what everybody sees is to choose nothing. */
const formatChoice = (view: View, mount: Mount, isSecure: boolean): string =>
  view.kind === "environment" && view.environment === mount.environment
    ? formatForgottenView(mount, isSecure)
    : formatViewCookie(view, mount, isSecure);

/** Brings an answer back under the mount's path, and tells caches that it depends on the visitor's choice. */
function asMounted(response: Response, mount: Mount, isChosen: boolean): Response {
  const { headers } = response;
  const location = headers.get("Location");
  if (location && /^\/(?!\/)/.test(location)) headers.set("Location", mount.path + location);
  if (isChosen) headers.set("Cache-Control", "private, no-store");
  headers.append("Vary", "Cookie");
  return response;
}

function redirect(location: string, cookie?: string): Response {
  const headers = { Location: location, "Cache-Control": "private, no-store" };
  return new Response(null, {
    status: 307,
    headers: cookie === undefined ? headers : { ...headers, "Set-Cookie": cookie },
  });
}
