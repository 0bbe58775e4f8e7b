import { parsePreviewSlug, type SiteFigures } from "#model";
import { formatHost, type Host, portOf, type SiteHost, splitUrl, type Target } from "#routing";
import { type AccessOptions, createAccessGuard } from "./access.ts";
import { createAtOnce } from "./at-once.ts";
import { createHostParser } from "./host-parser.ts";
import { createHostRoutes, type Followed, leadOn } from "./host.ts";
import { createPods } from "./manifest.ts";
import { serveMounted, type SiteServer } from "./mounted.ts";
import { refuseMethod, respondPage } from "./pages.ts";
import { createPodServer } from "./pod.ts";
import type { Readers } from "./readers.ts";
import { createReadyAnswers } from "./ready.ts";
import type { MountsRoute, PodRoute, Route } from "./ref.ts";
import type { RulesOptions } from "./ruled.ts";
import { countNoSites, createSiteTraffic, type SiteCount, type UrlCount } from "./site-traffic.ts";
import { createTrafficCount, type Traffic } from "./traffic.ts";
import { whenReady } from "./when-ready.ts";

export interface EdgeOptions {
  readonly readers: Readers;
  /** The base domain under which sites have their names, in lower case, without port. */
  readonly domain: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
  readonly access: AccessOptions;
  readonly rules?: RulesOptions;
  /** Bytes of small files to keep in memory. */
  readonly maxHotBytes?: number;
  /** Whether sites are reached by HTTPS alone, so that browsers are told to use nothing else. */
  readonly isHttpsOnly?: boolean;
  /** Whether what is answered is counted by site. */
  readonly countsSites?: boolean;
}

export interface Edge {
  /** Reads a Host header, or remembers it. Requests for `control` hosts are not for the edge. */
  readonly parseHost: (header: string | null) => Host;
  /** Answers a request: at once where all that it needs is in memory. */
  fetch(request: Request): Response | Promise<Response>;
  /** Answers a request for a URL that was answered a moment ago. Undefined where it has to be looked at: by `fetch`. */
  fetchReady(request: Request): Response | Promise<Response> | undefined;
  /** Drops what came from a document of the store (`refs/docs/prod.json`). To be called after each change of one. */
  forget(key: string): void;
  stats(): EdgeStats;
  /** Hands over what was counted of each site since it was handed over last. */
  takeTraffic(): SiteFigures[];
}

/** What was answered, and what is in memory now. */
export type EdgeStats = Traffic & {
  readonly hosts: number;
  readonly pods: number;
  readonly answers: number;
  readonly hotBytes: number;
};

const DEFAULT_HOT_BYTES = 64 * 1024 * 1024;
const PREVIEW_PATH = /^\/__preview__\/([^/]+)(\/.*)?$/;

/** The data plane: host → ref → manifest → blob. It reads pointers and content, and needs nothing else to serve. */
export function createEdge(options: EdgeOptions): Edge {
  const { readers, domain, nowMs, log } = options;
  const parseHost = createHostParser(domain);
  const hosts = createHostRoutes({ readers, parseHost, nowMs, log });
  const pods = createPods(readers);
  const ready = createReadyAnswers(nowMs);
  const count = createTrafficCount();
  const sites = options.countsSites ? createSiteTraffic({ nowMs }) : countNoSites();
  const atOnce = createAtOnce();
  const podServer = createPodServer(pods, {
    readers,
    atOnce,
    ready,
    nowMs,
    log,
    rules: options.rules ?? {},
    maxHotBytes: options.maxHotBytes ?? DEFAULT_HOT_BYTES,
    isHttpsOnly: options.isHttpsOnly ?? false,
  });
  const access = createAccessGuard(nowMs, options.access);

  function serve(request: Request): Response | Promise<Response> {
    return whenReady(hosts.find(request.headers.get("host")), (route) => serveRoute(request, route));
  }

  function serveRoute(request: Request, route: Followed, received = request): Response | Promise<Response> {
    if (route.kind === "mounts") return serveMounted(request, route, siteServer);
    if (route.kind !== "pod") return refuseMethod(request.method) ?? respondWithoutPod(request, route, domain);
    const site = sites.of(route.visited);
    const open = () => serveOpen(request, route, received, site);
    return counted(request, site, route.protection ? access.guard(request, received, route.protection, open) : open());
  }

  /** A failure is answered, and counted, as such. */
  function counted(request: Request, site: SiteCount, answer: Response | Promise<Response>) {
    const { method, url } = request;
    const add = (response: Response): Response => {
      site.answered(method, url, response.status);
      return response;
    };
    if (answer instanceof Response) return add(answer);
    return answer.catch((cause: unknown) => respondFailure(request, cause)).then(add);
  }

  function respondFailure({ method, url }: Request, cause: unknown): Response {
    log(`Cannot answer ${method} ${url}`, cause);
    return respondPage("unavailable", method);
  }

  function serveOpen(
    request: Request,
    route: Followed<PodRoute>,
    received: Request,
    site: SiteCount,
  ): Response | Promise<Response> {
    const preview = findPreviewHost(route, request.url);
    if (preview) return redirect(307, request, formatHost(preview.host, domain), preview.target);
    return whenReady(pods.open(route.manifest), (pod) => podServer.serve({ request, received, route, pod, site }));
  }

  /** Finds where a site's name leads, also for a moment where the site has just taken another. */
  const findRoute = (host: SiteHost): Followed | Promise<Followed> =>
    whenReady(hosts.find(formatHost(host, domain)), (route) =>
      route.kind === "moved"
        ? whenReady(hosts.find(formatHost(route.to, domain)), (next) => leadOn(route, next))
        : route,
    );
  const siteServer: SiteServer = { findRoute, serveRoute, isHttps: options.access.isHttps };

  function countReady(response: Response, url: UrlCount): Response {
    const { status } = response;
    count.ready(status);
    url.answered(status);
    return response;
  }

  return {
    parseHost: (header) => parseHost(header).host,
    fetchReady(request) {
      // Each look at a part of a request costs: no more than one.
      const { method, headers } = request;
      const found = ready.find(request.url, method, headers);
      if (!found) return undefined;
      atOnce.begin();
      const response = podServer.send(method, headers, found.answer, found.count.site);
      atOnce.end();
      return response instanceof Promise
        ? response.then((sent) => countReady(sent, found.count))
        : countReady(response, found.count);
    },
    fetch(request) {
      atOnce.begin();
      const response = serve(request);
      atOnce.end();
      if (response instanceof Response) return count.routed(response);
      return response.catch((cause: unknown) => respondFailure(request, cause)).then(count.routed);
    },
    forget: (key) => hosts.forget(key),
    stats: () => ({
      ...count.traffic(sites.sentBytes()),
      hosts: hosts.size,
      pods: pods.size,
      ...podServer.stats(),
    }),
    takeTraffic: () => sites.take(),
  };
}

/** Previews are reached under the prod host too, but shown at their own: their scripts must not run in prod's origin. */
function findPreviewHost({ previewsOf }: PodRoute, url: string): { host: SiteHost; target: Target } | undefined {
  if (previewsOf === undefined || !url.includes("/__preview__/")) return undefined;
  const { path, query } = splitUrl(url);
  const [, slug = "", rest = "/"] = PREVIEW_PATH.exec(path) ?? [];
  if (!parsePreviewSlug(slug, previewsOf).ok) return undefined;
  return { host: { kind: "preview", label: previewsOf, slug }, target: { path: rest, query } };
}

function respondWithoutPod(request: Request, route: Exclude<Route, PodRoute | MountsRoute>, domain: string): Response {
  if (route.kind === "redirect") return redirect(308, request, route.to, splitUrl(request.url));
  if (route.kind === "moved") return redirect(308, request, formatHost(route.to, domain), splitUrl(request.url));
  return respondPage(route.kind, request.method);
}

/** Redirects to another host, keeping scheme, port and query. */
function redirect(status: 307 | 308, request: Request, host: string, { path, query }: Target): Response {
  const location = `//${host}${portOf(request.headers.get("host"))}${path}${query}`;
  return new Response(null, { status, headers: { Location: location, "Cache-Control": "no-store" } });
}
