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
import type { Sent } from "./traffic.ts";
import { whenReady } from "./when-ready.ts";

export interface PodServerOptions extends AnswersOptions {
  /** Learns which answers follow from a URL alone. */
  readonly ready: ReadyAnswers;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
  readonly rules: RulesOptions;
  readonly sent: Sent;
}

export interface PodServer {
  /** Answers from a pod. `received` is the request as it came, where `request` is one made of it. */
  serve(request: Request, received: Request, route: Followed<PodRoute>, pod: Pod): Response | Promise<Response>;
  /** Sends of an answer what the request asks for. */
  send(method: string, headers: Headers, answer: Answer): Response | Promise<Response>;
  /** What is in memory now. */
  stats(): { readonly answers: number; readonly hotBytes: number };
}

/** Serves files of pods: what a path means, in which form, under which headers. */
export function createPodServer(pods: Pods, options: PodServerOptions): PodServer {
  const { readers, ready, nowMs, log, rules, sent } = options;
  const answers = createAnswers(options);
  const negotiate = createNegotiation({ readers, nowMs, log, onGrown: (answer) => answers.measure(answer) });

  function serveByRules(
    request: Request,
    received: Request,
    route: Followed<PodRoute>,
    pod: Pod,
    podRules: PodRules,
  ): Response | Promise<Response> {
    const mode = htmlHandlingOf(pod);
    const site = {
      isListed: route.listed,
      hasFile: (path: string) => hasFile(path, mode, pod.find),
      serve: () => serveFromPod(request, route, pod),
      serveInstead: (path: string, status: number) =>
        refuseMethod(request.method) ?? serveIntent(request, route, pod, decideInstead(path, status, mode, pod.find)),
    };
    return serveRuled({ request, received }, podRules, site, rules);
  }

  /** `byUrlAlone` says that whoever asks for the URL gets the same, as long as the route may be followed. */
  function serveFromPod(
    request: Request,
    route: Followed<PodRoute>,
    pod: Pod,
    byUrlAlone = false,
  ): Response | Promise<Response> {
    const refusal = refuseMethod(request.method);
    if (refusal) return refusal;
    const target = splitUrl(request.url);
    const kept = answers.findKept(pod, route, target.path);
    if (kept) {
      if (byUrlAlone) ready.remember(request, route.follows, kept);
      return send(request.method, request.headers, kept);
    }

    const parsed = parseRequestPath(target.path);
    if (parsed.kind === "malformed") return respondPage("malformed", request.method);
    if (parsed.kind === "nowhere" || isRulesFile(parsed.path)) {
      return serveIntent(request, route, pod, decideNowhere(pod.find));
    }
    const intent = decideIntent(parsed.path, htmlHandlingOf(pod), pod.find);
    const found = intent.kind === "redirect" || (intent.kind === "file" && intent.status === 200);
    return found || route.survivors.length === 0 || !mayHoldContentHash(parsed.path)
      ? serveIntent(request, route, pod, intent)
      : serveSurvivor(request, route, parsed.path).then((r) => r ?? serveIntent(request, route, pod, intent));
  }

  function serveIntent(request: Request, route: PodRoute, pod: Pod, intent: Intent): Response | Promise<Response> {
    switch (intent.kind) {
      case "file":
        return whenReady(answers.prepare(pod, route, intent.status, intent.entry, intent.address), (answer) =>
          send(request.method, request.headers, answer),
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

  function send(method: string, headers: Headers, answer: Answer): Response | Promise<Response> {
    const accept = answer.encoded ? headers.get("accept-encoding") : null;
    if (accept === null) return respond(method, headers, answer, sent);
    return whenReady(negotiate(accept, headers, answer), (chosen) =>
      chosen ? respond(method, headers, chosen, sent) : respondPage("notAcceptable", method),
    );
  }

  /** Serves a hashed file that the release has not, but one before it had: pages opened before a deploy ask for it. */
  async function serveSurvivor(request: Request, route: PodRoute, path: string): Promise<Response | undefined> {
    for (const { manifest, expires_at } of route.survivors) {
      if (Date.parse(expires_at) <= nowMs()) continue;
      try {
        const pod = await pods.open(manifest);
        const entry = pod.find(path);
        if (entry) return await send(request.method, request.headers, await answers.prepare(pod, route, 200, entry));
      } catch (cause) {
        log(`A file of an earlier release cannot be read: ${path}`, cause);
      }
    }
    return undefined;
  }

  return {
    serve: (request, received, route, pod) =>
      pod.rules
        ? serveByRules(request, received, route, pod, pod.rules)
        : serveFromPod(request, route, pod, received === request && route.protection === undefined),
    send,
    stats: () => ({ answers: answers.count, hotBytes: answers.bytes }),
  };
}

const htmlHandlingOf = ({ manifest }: Pod): HtmlHandling => manifest.settings.html_handling ?? HTML_HANDLINGS[0];
