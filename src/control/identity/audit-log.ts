import { type Kysely, type Selectable, sql } from "kysely";
import type { AuditEventTable, Schema } from "#db";
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
  const scope = await scopeOf(context, actor, filter);
  const rows = await readEvents(context, scope, filter, limit, await findBefore(context, scope, filter));
  return { events: rows.map(describe) };
}

/** Gives the same events one by one, each as a line of NDJSON, oldest last. */
export async function exportEvents(
  context: Context,
  actor: Actor,
  filter: AuditFilter,
): Promise<AsyncGenerator<string>> {
  const scope = await scopeOf(context, actor, filter);
  let before = await findBefore(context, scope, filter);
  return (async function* () {
    while (true) {
      const rows = await readEvents(context, scope, filter, EXPORTED_AT_ONCE, before);
      if (rows.length === 0) return;
      yield rows.map((row) => `${JSON.stringify(describe(row))}\n`).join("");
      before = rows.at(-1)!;
    }
  })();
}

type Scope = { readonly site: string } | { readonly workspace: string } | "server";

async function scopeOf(context: Context, actor: Actor, { site }: AuditFilter): Promise<Scope> {
  if (site) return { site: site.id };
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  return named === undefined && actor.isAdmin ? "server" : { workspace: await meantWorkspace(context, actor) };
}

/** An event's place in the order: by time, and by number among those of one time. */
type Position = Pick<Selectable<AuditEventTable>, "at" | "id">;

async function readEvents(
  context: Context,
  scope: Scope,
  filter: AuditFilter,
  limit: number,
  before: Position | undefined,
): Promise<Selectable<AuditEventTable>[]> {
  const { query } = context.db;
  const { action } = filter;
  const actions = action?.endsWith(".*") ? await listFamily(query, scope, action.slice(0, -1)) : [action];
  const [first, ...rest] = actions.map((each) => {
    // Of each action alone, an index has them in order: no more are read than are wanted.
    const events = eventsOf(query, scope, { ...filter, action: each }, before).orderBy("at", "desc");
    return query.selectFrom(events.orderBy("id", "desc").limit(limit).as("of_action")).selectAll();
  });
  if (!first) return [];
  const all = rest.reduce((some, each) => some.unionAll(each), first);
  return await all.orderBy("at", "desc").orderBy("id", "desc").limit(limit).execute();
}

function eventsOf(query: Kysely<Schema>, scope: Scope, filter: AuditFilter, before: Position | undefined) {
  const { actor, action, target, since, until } = filter;
  let events = within(query, scope).selectAll();
  if (actor !== undefined) events = events.where("actor", "=", actor);
  if (action !== undefined) events = events.where("action", "=", action);
  if (target !== undefined) {
    const beginning = [...target].slice(0, 200).join("");
    events = events.where(sql<boolean>`substr(target, 1, 200) = ${beginning}`).where("target", "=", target);
  }
  if (since !== undefined) events = events.where("at", ">=", utc(since));
  if (until !== undefined) events = events.where("at", "<", utc(until));
  if (before !== undefined) events = events.where(sql<boolean>`(at, id) < (${before.at}, ${before.id})`);
  return events;
}

/** Lists the actions that there are of a family: few, each found by one look at an index of a workspace's. */
async function listFamily(query: Kysely<Schema>, scope: Scope, family: string): Promise<string[]> {
  const actions: string[] = [];
  for (let last = family; ;) {
    const { action } = await within(query, scope)
      .where("action", ">", last)
      .where("action", "<", `${family.slice(0, -1)}/`)
      .select((select) => select.fn.min("action").as("action"))
      .executeTakeFirstOrThrow();
    if (action === null) return actions;
    actions.push(action);
    last = action;
  }
}

function within(query: Kysely<Schema>, scope: Scope) {
  const events = query.selectFrom("audit_events");
  if (scope === "server") return events;
  return "site" in scope
    ? events.where("site_id", "=", scope.site)
    : events.where("workspace_id", "=", scope.workspace);
}

/** Throws SitepodError `invalid` where no event of the scope has the id. */
async function findBefore(context: Context, scope: Scope, { before }: AuditFilter): Promise<Position | undefined> {
  if (before === undefined) return undefined;
  const id = /^[0-9]{1,15}$/.test(before) ? Number(before) : -1;
  const found = await within(context.db.query, scope).where("id", "=", id).select(["at", "id"]).executeTakeFirst();
  if (found) return found;
  throw new SitepodError("invalid", `${JSON.stringify(before)} is not the id of an event.`);
}

/** As the database writes times: their order is that of their texts. */
const utc = (time: string): string => new Date(time).toISOString();

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
