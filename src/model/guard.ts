/** What stands before an environment, so that not everybody who may deploy moves it alone. */
export type Guard =
  | { readonly kind: "approval" }
  /** Nobody moves it, until the lock is taken off. Then it needs an approval where it did before. */
  | { readonly kind: "lock"; readonly reason: string; readonly over?: "approval" | undefined };

export const GUARD_KINDS = ["approval", "lock"] as const satisfies readonly Guard["kind"][];

/** Decides what stands before an environment once somebody wishes for a guard, or for none (null). */
export function placeGuard(before: Guard | undefined, wish: Guard | null): Guard | undefined {
  const isApprovalNeeded = before?.kind === "approval" || before?.over === "approval";
  if (wish?.kind === "lock") return isApprovalNeeded ? { ...wish, over: "approval" } : wish;
  if (wish) return wish;
  // A lock is for a while: who takes it off wants what was there before it.
  return before?.kind === "lock" && isApprovalNeeded ? { kind: "approval" } : undefined;
}

export interface GuardedMove {
  readonly action: "release" | "rollback";
  /** Whether another member has approved it. */
  readonly isApproved: boolean;
  /** Whether the environment has served that release before. */
  readonly wasServed: boolean;
}

/**
 * Decides what becomes of a move. Back to what was served before needs no approval: that was given then, and whoever rolls
 * back has no time to wait for one.
 */
export function decideMove(guard: Guard | undefined, move: GuardedMove): "go" | "ask" | "locked" {
  if (!guard) return "go";
  if (guard.kind === "lock") return "locked";
  return move.isApproved || (move.action === "rollback" && move.wasServed) ? "go" : "ask";
}

export const APPROVAL_STATES = ["pending", "approved", "refused", "withdrawn", "expired"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];
