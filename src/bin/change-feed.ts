import { createHash, timingSafeEqual } from "node:crypto";
import { REPORTS_PATH, type TakeReport, takeReport } from "./traffic-reports.ts";

/** Where a control plane tells edges on other machines which documents change: a line for each, and empty ones between. */
export const CHANGES_PATH = "/edge/changes";
/** An edge that hears nothing for much longer takes the control plane for dead. */
export const WORD_EVERY_MS = 1000;
/** An edge that reads more slowly than this is cut off: it asks the store every few seconds all the same. */
const MAX_WAITING_LINES = 10_000;

/** The control plane's end of what it tells edges elsewhere, and of what they tell it. */
export interface ChangeFeed {
  /** Answers a request of such an edge; undefined for all others. */
  answer(request: Request): Promise<Response> | undefined;
  publish(key: string): void;
  /** How many listen. */
  listeners(): number;
  /** Ends all: each then asks another control plane. */
  close(): void;
}

/** `ensureKey` returns what edges prove who they are by; it never changes while this runs. `take` keeps their reports. */
export function createChangeFeed(ensureKey: () => Promise<string>, take: TakeReport): ChangeFeed {
  const encoder = new TextEncoder();
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let key: Promise<string> | undefined;
  let timer: Timer | undefined;
  let isClosed = false;

  /** What was not stored, because the store does not answer, is looked for again by who asks next. */
  const findKey = () => (key ??= ensureKey().catch((error: unknown) => ((key = undefined), Promise.reject(error))));

  function end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    open.delete(controller);
    if (open.size === 0) clearInterval(timer);
    try {
      controller.close();
    } catch {
      // The edge has gone already.
    }
  }

  function tell(line: string): void {
    const bytes = encoder.encode(`${line}\n`);
    for (const controller of open) {
      if ((controller.desiredSize ?? 0) < -MAX_WAITING_LINES) end(controller);
      else controller.enqueue(bytes);
    }
  }

  function listen(): Response {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller;
        if (open.size === 0) timer = setInterval(tell, WORD_EVERY_MS, "").unref();
        open.add(own);
        own.enqueue(encoder.encode("\n"));
      },
      cancel: () => end(own),
    });
    return new Response(body, { headers: { "content-type": "text/plain", "cache-control": "no-store" } });
  }

  async function answer(request: Request): Promise<Response> {
    let wanted: string;
    try {
      wanted = await findKey();
    } catch {
      return new Response("The store cannot be read.\n", { status: 503 });
    }
    if (isClosed) return new Response("The server is stopping.\n", { status: 503 });
    if (!isSame(request.headers.get("authorization") ?? "", `Bearer ${wanted}`)) {
      return new Response("This address is for edges of this server.\n", { status: 401 });
    }
    return request.method === "POST" ? await takeReport(request, take) : listen();
  }

  return {
    answer: (request) => {
      const { pathname } = new URL(request.url);
      const isReport = request.method === "POST" && pathname.startsWith(REPORTS_PATH);
      return isReport || pathname === CHANGES_PATH ? answer(request) : undefined;
    },
    publish: (key) => tell(key),
    listeners: () => open.size,
    close() {
      isClosed = true;
      for (const controller of open) end(controller);
    },
  };
}

const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
