import { HTML_HANDLINGS, type HtmlHandling } from "#model";
import {
  decideInstead,
  decideIntent,
  decideNowhere,
  hasFile,
  type Intent,
  isRulesFile,
  mayHoldContentHash,
  parseRequestPath,
  splitUrl,
} from "#routing";
import type { Answer } from "./answer.ts";
import type { AtOnce } from "./at-once.ts";
import { type AnswersOptions, createAnswers } from "./blob.ts";
import type { Followed } from "./host.ts";
import type { Pod, Pods } from "./manifest.ts";
import { createNegotiation } from "./negotiate.ts";
import { refuseMethod, respondMissingAsset, respondPage } from "./pages.ts";
import type { ReadyAnswers } from "./ready.ts";
import type { PodRoute } from "./ref.ts";
import { respond } from "./respond.ts";
import { type RulesOptions, serveRuled } from "./ruled.ts";
import type { PodRules } from "./rules.ts";
import type { SiteCount } from "./site-traffic.ts";
import { whenReady } from "./when-ready.ts";

export interface PodServerOptions extends AnswersOptions {
  /** Learns which answers follow from a URL alone. */
  readonly ready: ReadyAnswers;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
  readonly rules: RulesOptions;
  /** Tells which requests have waited. */
  readonly atOnce: Pick<AtOnce, "isNow">;
}

/** A request for something of a pod. */
export interface Visit {
  readonly request: Request;
  /** The request as it came, where `request` is one made of it. */
  readonly received: Request;
  readonly route: Followed<PodRoute>;
  readonly pod: Pod;
  /** What its answer is counted for. */
  readonly site: SiteCount;
}

export interface PodServer {
  /** Answers from a pod. */
  serve(visit: Visit): Response | Promise<Response>;
  /** Sends of an answer what the request asks for, and counts its bytes. */
  send(method: string, headers: Headers, answer: Answer, site: SiteCount): Response | Promise<Response>;
  /** What is in memory now. */
  stats(): { readonly answers: number; readonly hotBytes: number };
}

/** Serves files of pods: what a path means, in which form, under which headers. */
export function createPodServer(pods: Pods, options: PodServerOptions): PodServer {
  const { readers, ready, nowMs, log, rules, atOnce } = options;
  const answers = createAnswers(options);
  const negotiate = createNegotiation({ readers, nowMs, log, onGrown: (answer) => answers.measure(answer) });

  function serveByRules(visit: Visit, podRules: PodRules): Response | Promise<Response> {
    const { request, route, pod } = visit;
    const mode = htmlHandlingOf(pod);
    const ruled = {
      isListed: route.listed,
      hasFile: (path: string) => hasFile(path, mode, pod.find),
      serve: () => serveFromPod(visit),
      serveInstead: (path: string, status: number) =>
        refuseMethod(request.method) ?? serveIntent(visit, decideInstead(path, status, mode, pod.find)),
    };
    return serveRuled(visit, podRules, ruled, rules);
  }

  /** `byUrlAlone` says that whoever asks for the URL gets the same, as long as the route may be followed. */
  function serveFromPod(visit: Visit, byUrlAlone = false): Response | Promise<Response> {
    const { request, route, pod, site } = visit;
    const refusal = refuseMethod(request.method);
    if (refusal) return refusal;
    const target = splitUrl(request.url);
    const kept = answers.findKept(pod, route, target.path);
    if (kept) {
      if (byUrlAlone) ready.remember(request, route.follows, kept, site);
      return send(request.method, request.headers, kept, site);
    }

    const parsed = parseRequestPath(target.path);
    if (parsed.kind === "malformed") return respondPage("malformed", request.method);
    if (parsed.kind === "nowhere" || isRulesFile(parsed.path)) return serveIntent(visit, decideNowhere(pod.find));
    const intent = decideIntent(parsed.path, htmlHandlingOf(pod), pod.find);
    const found = intent.kind === "redirect" || (intent.kind === "file" && intent.status === 200);
    return found || route.survivors.length === 0 || !mayHoldContentHash(parsed.path)
      ? serveIntent(visit, intent)
      : serveSurvivor(visit, parsed.path).then((response) => response ?? serveIntent(visit, intent));
  }

  function serveIntent({ request, route, pod, site }: Visit, intent: Intent): Response | Promise<Response> {
    switch (intent.kind) {
      case "file":
        return whenReady(answers.prepare(pod, route, intent.status, intent.entry, intent.address), (answer) =>
          send(request.method, request.headers, answer, site),
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

  function send(method: string, headers: Headers, answer: Answer, site: SiteCount): Response | Promise<Response> {
    const accept = answer.encoded ? headers.get("accept-encoding") : null;
    if (accept === null) return respond(method, headers, answer, site, atOnce.isNow());
    return whenReady(negotiate(accept, headers, answer), (chosen) =>
      chosen ? respond(method, headers, chosen, site, atOnce.isNow()) : respondPage("notAcceptable", method),
    );
  }

  /** Serves a hashed file that the release has not, but one before it had: pages opened before a deploy ask for it. */
  async function serveSurvivor({ request, route, site }: Visit, path: string): Promise<Response | undefined> {
    for (const { manifest, expires_at } of route.survivors) {
      if (Date.parse(expires_at) <= nowMs()) continue;
      try {
        const pod = await pods.open(manifest);
        const entry = pod.find(path);
        if (!entry) continue;
        return await send(request.method, request.headers, await answers.prepare(pod, route, 200, entry), site);
      } catch (cause) {
        log(`A file of an earlier release cannot be read: ${path}`, cause);
      }
    }
    return undefined;
  }

  return {
    serve(visit) {
      const { request, received, route, pod } = visit;
      return pod.rules
        ? serveByRules(visit, pod.rules)
        : serveFromPod(visit, received === request && route.protection === undefined);
    },
    send,
    stats: () => ({ answers: answers.count, hotBytes: answers.bytes }),
  };
}

const htmlHandlingOf = ({ manifest }: Pod): HtmlHandling => manifest.settings.html_handling ?? HTML_HANDLINGS[0];
