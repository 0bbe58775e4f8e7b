import type { Selectable } from "kysely";
import type { AuditEventTable } from "#db";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Site } from "../release/sites.ts";
import type { Actor } from "./actor.ts";
import { meantWorkspace } from "./workspace.ts";

/** Which events are wanted, of those that the actor may see. */
export interface AuditFilter {
  readonly site?: Site | undefined;
  /** An e-mail address. */
  readonly actor?: string | undefined;
  /** An action, or the beginning of several: `release.create`, `release.*`. */
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  /** ISO 8601; from then on. */
  readonly since?: string | undefined;
  /** ISO 8601; before then. */
  readonly until?: string | undefined;
  /** Only events older than the one of this id. */
  readonly before?: string | undefined;
}

/** So many events are read at once for an export. */
const EXPORTED_AT_ONCE = 500;

/**
 * Lists events, newest first: those of one site, or of the workspace that is meant. An administrator of the server who
 * names none sees everybody's.
 */
export async function listEvents(
  context: Context,
  actor: Actor,
  filter: AuditFilter,
  limit: number,
): Promise<Api.AuditList> {
  return { events: (await readEvents(context, await scopeOf(context, actor, filter), filter, limit)).map(describe) };
}

/** Gives the same events one by one, each as a line of NDJSON, oldest last. */
export async function exportEvents(
  context: Context,
  actor: Actor,
  filter: AuditFilter,
): Promise<AsyncGenerator<string>> {
  const scope = await scopeOf(context, actor, filter);
  return (async function* () {
    let { before } = filter;
    while (true) {
      const rows = await readEvents(context, scope, { ...filter, before }, EXPORTED_AT_ONCE);
      if (rows.length === 0) return;
      yield rows.map((row) => `${JSON.stringify(describe(row))}\n`).join("");
      before = String(rows.at(-1)!.id);
    }
  })();
}

type Scope = { readonly site: string } | { readonly workspace: string } | "server";

async function scopeOf(context: Context, actor: Actor, { site }: AuditFilter): Promise<Scope> {
  if (site) return { site: site.id };
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  return named === undefined && actor.isAdmin ? "server" : { workspace: await meantWorkspace(context, actor) };
}

async function readEvents(
  context: Context,
  scope: Scope,
  filter: AuditFilter,
  limit: number,
): Promise<Selectable<AuditEventTable>[]> {
  let query = context.db.query.selectFrom("audit_events").selectAll().orderBy("id", "desc").limit(limit);
  if (scope !== "server") {
    query =
      "site" in scope ? query.where("site_id", "=", scope.site) : query.where("workspace_id", "=", scope.workspace);
  }
  const { actor, action, target, since, until, before } = filter;
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (action?.endsWith(".*")) {
    const family = action.slice(0, -1);
    query = query.where("action", ">=", family).where("action", "<", `${family.slice(0, -1)}/`);
  } else if (action !== undefined) query = query.where("action", "=", action);
  if (target !== undefined) query = query.where("target", "=", target);
  if (since !== undefined) query = query.where("at", ">=", utc(since));
  if (until !== undefined) query = query.where("at", "<", utc(until));
  if (before !== undefined) query = query.where("id", "<", parseId(before));
  return await query.execute();
}

/** As the database writes times: their order is that of their texts. */
const utc = (time: string): string => new Date(time).toISOString();

function parseId(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new SitepodError("invalid", `${JSON.stringify(text)} is not the id of an event.`);
}

function describe(row: Selectable<AuditEventTable>): Api.AuditEvent {
  return {
    id: String(row.id),
    at: row.at,
    actor: row.actor,
    token: row.token_name,
    action: row.action,
    project: row.site_name,
    target: row.target,
    address: row.address,
    workspace_id: row.workspace_id,
    before: fromJson(row.before),
    after: fromJson(row.after),
  };
}

const fromJson = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
