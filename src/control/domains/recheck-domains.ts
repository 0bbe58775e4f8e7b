import type { Kysely, Selectable } from "kysely";
import type { DomainTable, Schema } from "#db";
import { type Context, nowIso } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { findProof, type Proof } from "./dns.ts";
import { recordDomainEvent } from "./domain-event.ts";
import { publishHost } from "./publish-host.ts";
import { decideRecheck } from "./recheck-decision.ts";

/** How often DNS is asked again about a domain that is served. */
const RECHECK_MS = 24 * 60 * 60 * 1000;

/**
 * Asks DNS again about every domain that was last asked about a day ago or earlier. Those whose proof has been gone for
 * the grace period stop being served, and wait to be verified again, by whoever can.
 */
export async function recheckDomains(context: Context): Promise<void> {
  const before = new Date(context.nowMs() - RECHECK_MS).toISOString();
  const due = await context.db.query
    .selectFrom("domains")
    .where("status", "=", "active")
    .where((where) => where.or([where("checked_at", "is", null), where("checked_at", "<=", before)]))
    .selectAll()
    .execute();
  for (const domain of due) {
    await recheckDomain(context, domain, await findProof(context.dns, domain.hostname, domain.token));
  }
}

/** Acts on what DNS says of a domain that is served. Returns its status after. */
export async function recheckDomain(
  context: Context,
  { workspace_id, hostname, missing_since }: Selectable<DomainTable>,
  proof: Proof,
): Promise<"active" | "pending"> {
  const decision = decideRecheck(missing_since, proof.kind, context.nowMs());
  const rowOf = (query: Kysely<Schema>) =>
    query.updateTable("domains").where("workspace_id", "=", workspace_id).where("hostname", "=", hostname);
  if (decision.kind === "keep") {
    if (proof.kind === "unknown") {
      context.log(`DNS cannot tell now whether ${hostname} is still its owner's; it will be asked again`, proof.cause);
      return "active";
    }
    await rowOf(context.db.query)
      .set({ checked_at: nowIso(context), missing_since: decision.missingSince })
      .execute();
    return "active";
  }
  const pending = { status: "pending", verified_at: null, checked_at: null, missing_since: null } as const;
  await publishHost(context, hostname, () =>
    context.db.query.transaction().execute(async (query) => {
      await rowOf(query).set(pending).execute();
      await recordDomainEvent(context, SYSTEM, "domain.release", { workspace_id, hostname }, query);
    }),
  );
  context.log(`${hostname} is no longer served: the TXT record that proves it has been gone since ${missing_since}`);
  return "pending";
}
