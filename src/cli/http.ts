import { endingOfStatus } from "./exit-codes.ts";
import { errnoOf, Failure, type FailureOptions } from "./failure.ts";
import { type Fault, retry, type RetryPolicy } from "./retry.ts";
import type { World } from "./world.ts";

/** Nothing was sent: the server cannot have acted. */
const NOT_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const REFUSED_STATUS = new Set([429, 503]);
const UNKNOWN_STATUS = new Set([408, 500, 502, 504]);
/** Nobody wonders about a shorter pause. */
const TOLD_WAIT_MS = 3000;

export interface Call extends RetryPolicy {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the body, anew for each try. */
  readonly body?: () => Promise<BodyInit>;
}

/** An answer of the server that is not a success. */
class RefusedError extends Failure {
  readonly status: number;
  readonly retryAfterS: number | undefined;
  constructor(status: number, retryAfterS: number | undefined, message: string, options: FailureOptions) {
    super(endingOfStatus(status, options.code), message, options);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/**
 * Sends a request and returns the answer's text, trying again where that can help. Throws a Failure whose message is
 * the server's own, or that says why the server cannot be reached.
 */
export async function send(world: World, call: Call): Promise<string> {
  const { random, signal, tellWait } = world;
  return await retry(async () => await sendOnce(world, call), {
    isRepeatable: call.isRepeatable,
    maxTries: call.maxTries,
    classify,
    random,
    signal,
    tellWait(error, delayMs) {
      if (delayMs < TOLD_WAIT_MS || !(error instanceof Failure)) return;
      tellWait?.(`${error.message} Trying again in ${Math.round(delayMs / 1000)} s.`);
    },
  });
}

/**
 * Sends a request once and returns the chunks of a large answer as they come. Throws a Failure as `send` does, also where
 * the answer breaks off.
 */
export async function download(world: World, call: Omit<Call, keyof RetryPolicy>): Promise<AsyncIterable<Uint8Array>> {
  const response = await ask(world, call, async (answer) => answer);
  if (!response.ok) throw refusal(response, await response.text(), call);
  return readOn(world, call.url, response);
}

async function* readOn({ signal }: World, url: string, { body }: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* (body ?? []) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw signal.aborted ? new Failure("interrupted", "Interrupted.") : unreachable(url, error);
  }
}

async function sendOnce(world: World, call: Call): Promise<string> {
  const { response, text } = await ask(world, call, async (response) => ({ response, text: await response.text() }));
  if (response.ok) return text;
  throw refusal(response, text, call);
}

async function ask<T>(
  world: World,
  { method, url, headers, body }: Omit<Call, keyof RetryPolicy>,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const content = body && (await body());
  try {
    const response = await world.fetch(url, {
      method,
      headers: { "user-agent": `sitepod/${world.version}`, accept: "application/json", ...headers },
      signal: world.signal,
      ...(content === undefined ? {} : { body: content }),
      // Node streams a body only when it is told that the answer comes after it.
      ...(content instanceof ReadableStream ? { duplex: "half" } : {}),
    } as RequestInit);
    return await read(response);
  } catch (error) {
    if (world.signal.aborted) throw new Failure("interrupted", "Interrupted.");
    throw unreachable(url, error);
  }
}

function refusal(response: Response, text: string, { url, headers }: Pick<Call, "url" | "headers">): RefusedError {
  const { status } = response;
  const retryAfterS = Number(response.headers.get("retry-after") ?? Number.NaN);
  const body = readJson(text) as Partial<Record<"error" | "message" | "faults" | "approval_id", unknown>> | undefined;
  const isOurs = typeof body?.error === "string" && typeof body.message === "string";
  const isTokenRefused = status === 401 && headers?.["authorization"] !== undefined;
  return new RefusedError(
    status,
    Number.isFinite(retryAfterS) ? retryAfterS : undefined,
    isOurs ? String(body.message) : `${new URL(url).origin} answered ${status}, and not as a SitePod server.`,
    {
      code: isOurs ? String(body.error) : endingOfStatus(status),
      // A single fault is the message already.
      faults: Array.isArray(body?.faults) && body.faults.length > 1 ? body.faults.map(String) : [],
      ...(typeof body?.approval_id === "string" ? { approvalId: body.approval_id } : {}),
      ...(isTokenRefused ? { next: "Run `sitepod login`, or set SITEPOD_TOKEN to a token that is valid." } : {}),
    },
  );
}

function unreachable(url: string, error: unknown): Failure {
  const { origin } = new URL(url);
  const code = networkCode(error);
  return new Failure("unreachable", `${origin} does not answer${code ? ` (${code})` : ""}.`, {
    next: "Check the address, that the server runs, and the network.",
    cause: error,
  });
}

/** Bun puts the code on the error, Node on its cause. */
const networkCode = (error: unknown): string | undefined =>
  errnoOf(error) ?? errnoOf((error as { cause?: unknown }).cause);

function classify(error: unknown): Fault {
  if (error instanceof RefusedError) {
    if (REFUSED_STATUS.has(error.status)) return { kind: "refused", retryAfterS: error.retryAfterS };
    return { kind: UNKNOWN_STATUS.has(error.status) ? "unknown" : "final" };
  }
  if (!(error instanceof Failure) || error.ending !== "unreachable") return { kind: "final" };
  return { kind: NOT_CONNECTED.has(networkCode(error.cause) ?? "") ? "refused" : "unknown" };
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
