import type { FailedEnding } from "./exit-codes.ts";

export interface FailureOptions {
  /** The word for machines. */
  readonly code?: string;
  readonly next?: string;
  readonly faults?: readonly string[];
  /** The id of the approval that was asked for. */
  readonly approvalId?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A failure that a person can act on: what happened, and what to do next. Everything else that is thrown is a bug and
 * is shown as one.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly ending: FailedEnding;
  /** The word for machines: the server's error code where it has one, else the ending. */
  readonly code: string;
  /** A sentence that says what to do next. */
  readonly next: string | undefined;
  /** Where several things are wrong: one sentence each. */
  readonly faults: readonly string[];
  readonly approvalId: string | undefined;

  constructor(ending: FailedEnding, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.ending = ending;
    this.code = options.code ?? ending;
    this.next = options.next;
    this.faults = options.faults ?? [];
    this.approvalId = options.approvalId;
  }
}

/** The code of a Node error, such as `ENOENT`, where it has one. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
