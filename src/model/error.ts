/**
 * What can go wrong, as one closed list. A `SitepodError` is a fault somebody can act on: its message says what
 * happened and what to do, and is safe to show. Everything else that is thrown is a bug or a broken machine.
 */
export type ErrorCode =
  | "invalid"
  | "unauthorized"
  | "second_factor_required"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "stale"
  | "approval_required"
  | "locked"
  | "gone"
  | "too_large"
  | "rate_limited"
  | "internal"
  | "unavailable"
  | "storage_full"
  // Of the device authorization grant, RFC 8628, 3.5.
  | "authorization_pending"
  | "slow_down"
  | "access_denied"
  | "expired_token";

export class SitepodError extends Error {
  override readonly name = "SitepodError";
  readonly code: ErrorCode;
  /** Several faults of one request, one sentence each, where there is more than one to tell. */
  readonly faults: readonly string[];
  /** Seconds after which the same request may be tried again. */
  readonly retryAfterS: number | undefined;
  /** The id of the approval that was asked for. */
  readonly approvalId: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; faults?: readonly string[]; retryAfterS?: number; approvalId?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterS = options.retryAfterS;
    this.approvalId = options.approvalId;
  }
}

/** A parser's answer: the value, or a sentence that says what is wrong with the text. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

export const accepted = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (fault: string): Parsed<never> => ({ ok: false, fault });
