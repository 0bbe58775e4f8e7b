import type { Transaction } from "kysely";
import type { ApprovalTable, Schema } from "#db";
import { type Environment, formatVersion } from "#model";
import type { Author } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";

const ACTIONS = { approved: "approval.approve", refused: "approval.refuse", withdrawn: "approval.withdraw" } as const;

/** What somebody has decided of a move that was asked for. */
export interface Decision {
  readonly id: string;
  readonly state: keyof typeof ACTIONS;
  readonly comment: string | null;
  readonly asked: {
    readonly environment: Environment;
    readonly version: number;
    readonly action: "release" | "rollback";
    readonly requestedBy: string;
    readonly requestedEmail: string | null;
  };
}

/** Says what became of a move that waited, in a transaction; `moved`: from and to which moves of the environment. */
export async function settleApproval(
  context: Context,
  by: { readonly author: Author; readonly at: string; readonly site: Site },
  { id, state, comment, asked }: Decision,
  query: Transaction<Schema>,
  moved: Partial<Pick<ApprovalTable, "previous_version" | "ref_version">> = {},
): Promise<void> {
  const { author, at, site } = by;
  await query
    .updateTable("approvals")
    .set({ state, decided_by: author.userId, decided_at: at, comment, ...moved })
    .where("id", "=", id)
    .where("state", "=", "pending")
    .execute();
  const { environment, action, requestedEmail: requested_by } = asked;
  const version = formatVersion(asked.version);
  const after = { approval: id, environment, version, action, requested_by, comment };
  await recordEvent(context, author, ACTIONS[state], { site, target: `${environment} ${version}`, at, after }, query);
}
