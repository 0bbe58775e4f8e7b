/** Stands between a command and its server, and tells when the command takes a step. */
export interface StepProxy extends AsyncDisposable {
  readonly url: string;
  /** Has `hit` called at the next request of that step: before the server has it, or when the server has answered. */
  watch(step: ClientStep, when: "asked" | "answered", hit: () => Promise<void>): void;
  /** Whether the step that was watched has come. */
  isHit(): boolean;
}

export const CLIENT_STEPS = ["plan", "upload", "commit", "release"] as const;
export type ClientStep = (typeof CLIENT_STEPS)[number];

const stepOf = (path: string): string => /^\/api\/v1\/([a-z]+)/.exec(path)?.[1] ?? "";

export function stepProxy(server: string): StepProxy {
  let watched: { step: ClientStep; when: "asked" | "answered"; hit: () => Promise<void> } | undefined;
  let isHit = false;
  /** Returns whether that was watched for. */
  async function tell(step: string, when: "asked" | "answered"): Promise<boolean> {
    if (watched?.step !== step || watched.when !== when) return false;
    const { hit } = watched;
    watched = undefined;
    isHit = true;
    await hit();
    return true;
  }
  const proxy = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const step = stepOf(pathname);
      const body = await request.arrayBuffer();
      // Who asked is gone, and the server has not heard of it.
      if (await tell(step, "asked")) return new Response(null, { status: 503 });
      const headers = new Headers(request.headers);
      for (const name of ["host", "content-length", "accept-encoding"]) headers.delete(name);
      const { method } = request;
      const asked = method === "GET" ? { method, headers } : { method, headers, body };
      const answer = await fetch(`${server}${pathname}${search}`, asked);
      const text = await answer.arrayBuffer();
      await tell(step, "answered");
      return new Response(text, { status: answer.status, headers: answer.headers });
    },
  });
  return {
    url: proxy.url.origin,
    watch(step, when, hit) {
      watched = { step, when, hit };
      isHit = false;
    },
    isHit: () => isHit,
    [Symbol.asyncDispose]: () => proxy.stop(true),
  };
}
