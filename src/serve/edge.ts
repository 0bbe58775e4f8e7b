import { parsePreviewSlug } from "#model";
import {
  decideIntent,
  decideNowhere,
  formatHost,
  type Host,
  type Intent,
  mayHoldContentHash,
  parseRequestPath,
  portOf,
  type SiteHost,
  type Target,
  splitUrl,
} from "#routing";
import { type AccessOptions, createAccessGuard } from "./access.ts";
import type { Answer } from "./answer.ts";
import { createAnswers } from "./blob.ts";
import { createHostParser } from "./host-parser.ts";
import { createHostRoutes } from "./host.ts";
import { createPods, type Pod } from "./manifest.ts";
import { serveMounted, type SiteServer } from "./mounted.ts";
import { createNegotiation } from "./negotiate.ts";
import { respondMissingAsset, respondOptions, respondPage } from "./pages.ts";
import type { Readers } from "./readers.ts";
import type { MountsRoute, PodRoute, Route } from "./ref.ts";
import { respond } from "./respond.ts";
import { whenReady } from "./when-ready.ts";

export interface EdgeOptions {
  readonly readers: Readers;
  /** The base domain under which sites have their names, in lower case, without port. */
  readonly domain: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
  readonly access: AccessOptions;
  /** Bytes of small files to keep in memory. */
  readonly maxHotBytes?: number;
}

export interface Edge {
  /** Reads a Host header, or remembers it. Requests for `control` hosts are not for the edge. */
  readonly parseHost: (header: string | null) => Host;
  /** Answers a request: at once where all that it needs is in memory. */
  fetch(request: Request): Response | Promise<Response>;
  /** Drops what came from a document of the store (`refs/docs/prod.json`). To be called after each change of one. */
  forget(key: string): void;
  stats(): EdgeStats;
}

/** What was answered, and what is in memory now. */
export type EdgeStats = {
  readonly requests: number;
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
  const answers = createAnswers(readers, options.maxHotBytes ?? DEFAULT_HOT_BYTES);
  const negotiate = createNegotiation({ readers, nowMs, log, onGrown: (answer) => answers.measure(answer) });
  const access = createAccessGuard(nowMs, options.access);

  function serve(request: Request): Response | Promise<Response> {
    return whenReady(hosts.find(request.headers.get("host")), (route) => serveRoute(request, route));
  }

  function serveRoute(request: Request, route: Route, received = request): Response | Promise<Response> {
    if (route.kind === "mounts") return serveMounted(request, route.mounts, siteServer);
    return route.kind === "pod" && route.protection
      ? access.guard(request, received, route.protection, () => serveOpen(request, route))
      : serveOpen(request, route);
  }

  function serveOpen(request: Request, route: Exclude<Route, MountsRoute>): Response | Promise<Response> {
    const { method } = request;
    if (method === "OPTIONS") return respondOptions();
    if (method !== "GET" && method !== "HEAD") return respondPage("methodNotAllowed", method);
    if (route.kind !== "pod") return respondWithoutPod(request, route);
    return whenReady(pods.open(route.manifest), (pod) => serveFromPod(request, route, pod));
  }

  /** Finds where a site's name leads, also for a moment where the site has just taken another. */
  const findRoute = (host: SiteHost): Route | Promise<Route> =>
    whenReady(hosts.find(formatHost(host, domain)), (route) =>
      route.kind === "moved" ? hosts.find(formatHost(route.to, domain)) : route,
    );
  const siteServer: SiteServer = { findRoute, serveRoute, isHttps: options.access.isHttps };

  function serveFromPod(request: Request, route: PodRoute, pod: Pod): Response | Promise<Response> {
    const target = splitUrl(request.url);
    const ready = answers.findReady(pod, route.listed, target.path);
    if (ready) return send(request, ready);

    const preview = findPreviewHost(route, target.path);
    if (preview) return redirect(307, request, formatHost(preview.host, domain), { ...target, path: preview.path });
    const parsed = parseRequestPath(target.path);
    if (parsed.kind === "malformed") return respondPage("malformed", request.method);
    const find = (path: string) => pod.manifest.find(path);
    if (parsed.kind === "nowhere") return serveIntent(request, route, pod, decideNowhere(find));
    const intent = decideIntent(parsed.path, pod.manifest.settings.html_handling ?? "auto-trailing-slash", find);
    const found = intent.kind === "redirect" || (intent.kind === "file" && intent.status === 200);
    return found || route.survivors.length === 0 || !mayHoldContentHash(parsed.path)
      ? serveIntent(request, route, pod, intent)
      : serveSurvivor(request, route, parsed.path).then((r) => r ?? serveIntent(request, route, pod, intent));
  }

  function serveIntent(request: Request, route: PodRoute, pod: Pod, intent: Intent): Response | Promise<Response> {
    switch (intent.kind) {
      case "file":
        return whenReady(answers.prepare(pod, route.listed, intent.status, intent.entry, intent.address), (answer) =>
          send(request, answer),
        );
      case "redirect": {
        const location = intent.location + splitUrl(request.url).query;
        return new Response(null, { status: 307, headers: { Location: location, "Cache-Control": "no-store" } });
      }
      case "missing":
        return intent.isAsset ? respondMissingAsset(request.method) : respondPage("notFound", request.method);
      default:
        return intent satisfies never;
    }
  }

  function send(request: Request, answer: Answer): Response | Promise<Response> {
    const chosen = answer.encoded ? negotiate(request, answer) : answer;
    return chosen instanceof Promise ? chosen.then((found) => respondAs(request, found)) : respondAs(request, chosen);
  }

  /** Serves a hashed file that the release has not, but one before it had: pages opened before a deploy ask for it. */
  async function serveSurvivor(request: Request, route: PodRoute, path: string): Promise<Response | undefined> {
    for (const { manifest, expires_at } of route.survivors) {
      if (Date.parse(expires_at) <= nowMs()) continue;
      try {
        const pod = await pods.open(manifest);
        const entry = pod.manifest.find(path);
        if (entry) return await send(request, await answers.prepare(pod, route.listed, 200, entry));
      } catch (cause) {
        log(`A file of an earlier release cannot be read: ${path}`, cause);
      }
    }
    return undefined;
  }

  function respondWithoutPod(request: Request, route: Exclude<Route, PodRoute | MountsRoute>): Response {
    if (route.kind === "redirect") return redirect(308, request, route.to, splitUrl(request.url));
    if (route.kind === "moved") return redirect(308, request, formatHost(route.to, domain), splitUrl(request.url));
    return respondPage(route.kind, request.method);
  }

  let requests = 0;
  return {
    parseHost,
    fetch(request) {
      requests++;
      const response = serve(request);
      if (response instanceof Response) return response;
      return response.catch((cause: unknown) => {
        log(`Cannot answer ${request.method} ${request.url}`, cause);
        return respondPage("unavailable", request.method);
      });
    },
    forget: (key) => hosts.forget(key),
    stats: () => ({ requests, hosts: hosts.size, pods: pods.size, answers: answers.count, hotBytes: answers.bytes }),
  };
}

const respondAs = (request: Request, chosen: Answer | undefined): Response =>
  chosen ? respond(request, chosen) : respondPage("notAcceptable", request.method);

/** Previews are reached under the prod host too, but shown at their own: their scripts must not run in prod's origin. */
function findPreviewHost({ previewsOf }: PodRoute, path: string): { host: SiteHost; path: string } | undefined {
  const match = previewsOf === undefined ? null : PREVIEW_PATH.exec(path);
  if (!match || previewsOf === undefined) return undefined;
  const [, slug = "", rest = "/"] = match;
  if (!parsePreviewSlug(slug, previewsOf).ok) return undefined;
  return { host: { kind: "preview", label: previewsOf, slug }, path: rest };
}

/** Redirects to another host, keeping scheme, port and query. */
function redirect(status: 307 | 308, request: Request, host: string, { path, query }: Target): Response {
  const location = `//${host}${portOf(request.headers.get("host"))}${path}${query}`;
  return new Response(null, { status, headers: { Location: location, "Cache-Control": "no-store" } });
}
