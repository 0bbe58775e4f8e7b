import type { Transaction } from "kysely";
import type { Schema } from "#db";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";

export interface DomainKey {
  readonly workspace_id: string;
  readonly hostname: string;
}

/** Records what happened to a domain, in the transaction in which it does, in the log of every site that is on it. */
export async function recordDomainEvent(
  context: Context,
  actor: Actor,
  action: "domain.verify" | "domain.release",
  { workspace_id, hostname }: DomainKey,
  query: Transaction<Schema>,
): Promise<void> {
  const sites = await query
    .selectFrom("mounts")
    .innerJoin("sites", "sites.id", "mounts.site_id")
    .where("mounts.workspace_id", "=", workspace_id)
    .where("mounts.hostname", "=", hostname)
    .select(["sites.id", "sites.name", "sites.workspace_id"])
    .distinct()
    .execute();
  for (const site of sites) await recordEvent(context, actor, action, { site, target: hostname }, query);
}
