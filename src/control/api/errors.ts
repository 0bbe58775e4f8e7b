import { describeUnusable, isDatabaseFailure, isDatabaseFull } from "#db";
import { type ErrorCode, SitepodError } from "#model";
import type { Api } from "#wire";

/** The HTTP status of each kind of refusal. */
const STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  unauthorized: 401,
  second_factor_required: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  stale: 409,
  approval_required: 409,
  // RFC 4918, section 11.3.
  locked: 423,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  storage_full: 507,
  authorization_pending: 400,
  slow_down: 400,
  access_denied: 400,
  expired_token: 400,
};

const DATABASE_RETRY_S = 30;

type Log = (message: string, cause?: unknown) => void;

/** A lost database fails every request: it is logged at most this often. */
const UNAVAILABLE_LOG_MS = 60_000;

/** Nobody reads it: it keeps dropped uploads apart from faults of the server where answers are counted. nginx has the same. */
const CLIENT_CLOSED_REQUEST = 499;

/** What Bun throws to who reads a body whose sender has closed the connection. */
const isClientGone = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "AbortError" && error.message === "The connection was closed.";

/** Returns what answers requests that failed, and logs those that are no refusal. */
export function createErrorAnswers(log: Log, nowMs: () => number): (error: unknown, requestId?: string) => Response {
  let quietUntilMs = 0;
  return (error, requestId) => {
    if (isClientGone(error)) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
    const refusal = asRefusal(error);
    if (refusal.code === "internal") log(refusal.message, error);
    if (refusal.code === "unavailable" && nowMs() >= quietUntilMs) {
      quietUntilMs = nowMs() + UNAVAILABLE_LOG_MS;
      log(refusal.message, error);
    }
    return refusalResponse(refusal.code === "internal" ? withPlace(refusal, requestId) : refusal);
  };
}

/** Says where the operator finds what went wrong. */
function withPlace({ code, message }: SitepodError, requestId: string | undefined): SitepodError {
  const place = requestId === undefined ? "" : ` under request ${requestId}`;
  return new SitepodError(code, `${message} The server's log has the details${place}.`);
}

/** Writes a refusal as the answer that a client gets. */
export function refusalResponse(refusal: SitepodError): Response {
  const body: Api.ErrorBody = {
    error: refusal.code,
    message: refusal.message,
    ...(refusal.faults.length > 0 ? { faults: [...refusal.faults] } : {}),
    ...(refusal.approvalId === undefined ? {} : { approval_id: refusal.approvalId }),
  };
  const retryAfterS = refusal.retryAfterS ?? (refusal.code === "unavailable" ? DATABASE_RETRY_S : undefined);
  return Response.json(body, {
    status: STATUS[refusal.code],
    headers: {
      "cache-control": "no-store",
      ...(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }),
      ...(refusal.code === "unauthorized" ? { "www-authenticate": 'Bearer realm="sitepod"' } : {}),
    },
  });
}

function asRefusal(error: unknown): SitepodError {
  if (error instanceof SitepodError) return error;
  if (isDatabaseFull(error)) {
    const message =
      "The disk of the server's database is full: nothing was changed. Ask its administrator to free space on it, then try again.";
    return new SitepodError("storage_full", message, { cause: error });
  }
  // What PostgreSQL cannot do now it says itself, as a SitepodError.
  if (isDatabaseFailure(error)) {
    return new SitepodError("unavailable", describeUnusable(error), { cause: error });
  }
  return new SitepodError("internal", "Something went wrong on the server.", { cause: error });
}
