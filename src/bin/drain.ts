/** How long requests under way may take to end after the server was told to stop. */
export const DRAIN_MS = 10_000;
/** How long HTTP/1.1 clients that are busy are told to come back on another connection, at most. */
export const FAREWELL_MS = 2000;
/** Where nobody sends anything for so long, nobody is busy. */
const QUIET_MS = 250;
const POLL_MS = 25;

type Server = Bun.Server<undefined>;
type Answer = Response | Promise<Response>;

/** Adds `Connection: close` to an answer over HTTP/1.1; HTTP/2 is told by GOAWAY. */
export async function closeAfter(answer: Answer): Promise<Response> {
  const response = await answer;
  response.headers.set("Connection", "close");
  return response;
}

/**
 * Waits until no more requests are counted, `maxMs` at most. It looks many times: after a process has waited for its turn,
 * its timers are due before it has read what came meanwhile.
 */
export async function untilQuiet(count: () => number, maxMs: number): Promise<void> {
  const endMs = performance.now() + maxMs;
  let before = count();
  for (let quietMs = 0; quietMs < QUIET_MS && performance.now() < endMs; quietMs += POLL_MS) {
    await Bun.sleep(POLL_MS);
    if (count() !== before) quietMs = 0;
    before = count();
  }
}

/**
 * Ends a server for HTTP/1.1: first says so to who is asking, since to close a connection under a request loses it; then
 * lets requests under way end, but does not wait for connections that are merely kept open.
 */
export async function drain(
  server: Server,
  answer: (request: Request, server: Server) => Answer,
  drainMs: number,
  farewellMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + drainMs;
  let answered = 0;
  server.reload({
    fetch(request, server) {
      answered++;
      return closeAfter(answer(request, server));
    },
  });
  await untilQuiet(() => answered, Math.min(farewellMs, drainMs));
  void server.stop();
  while (server.pendingRequests > 0 && performance.now() < deadlineMs) await Bun.sleep(POLL_MS);
  await server.stop(true);
}
