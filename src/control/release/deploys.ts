import type { Kysely, Selectable, Updateable } from "kysely";
import type { DeployTable, Schema } from "#db";
import { type Environment, formatVersion } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { queueEvent } from "../webhooks/queue-event.ts";
import type { Site } from "./sites.ts";

type Line = Api.DeployLine;
/** What a line says; when, and which it is, is added as it is written. */
export type LineContent = Line extends infer Each ? (Each extends Line ? Omit<Each, "number" | "at"> : never) : never;

/** Where no line has come for so long, and the deploy has not ended, nobody goes on with it. */
const LEFT_AFTER_MS = 10 * 60_000;
/** What is moved later than this after a deploy is no part of it. */
const RELEASED_WITHIN_MS = 60 * 60_000;

export interface NewDeploy {
  readonly id: string;
  readonly site: Site;
  readonly files: number;
  readonly bytes: number;
  readonly missing: { readonly files: number; readonly bytes: number };
  /** Undefined where it is not known. */
  readonly fresh: { readonly files: number; readonly bytes: number } | undefined;
}

/** Enters a deploy, and its first line. */
export async function beginDeploy(context: Context, actor: Actor, deploy: NewDeploy): Promise<void> {
  const at = nowIso(context);
  const { id, site, files, bytes, missing, fresh } = deploy;
  const counts = { files, bytes, missing_files: missing.files, missing_bytes: missing.bytes };
  await context.db.query.transaction().execute(async (query) => {
    await query
      .insertInto("deploys")
      .values({
        id,
        site_id: site.id,
        user_id: actor.userId,
        version: null,
        files_count: files,
        total_size: bytes,
        new_files: fresh?.files ?? null,
        new_bytes: fresh?.bytes ?? null,
        started_at: at,
        last_at: at,
      })
      .execute();
    await writeLines(query, id, at, [{ kind: "planned", ...counts }]);
  });
  context.live.tellDeploy(id);
  tellChange(context, site, "deploy.begin");
}

/** Says why it did not become a release. It may be tried again. */
export async function failDeploy(
  context: Context,
  actor: Actor,
  site: Site,
  id: string,
  message: string,
): Promise<void> {
  const at = nowIso(context);
  await writeLog(context, id, async (query) => {
    await writeLines(query, id, at, [{ kind: "failed", message }], { has_failed: 1 });
    const facts = { deploy_id: id, reason: message };
    await queueEvent(context, query, { event: "deploy.failed", at, site, actor: actor.email, facts });
  });
  tellChange(context, site, "deploy.fail");
}

/**
 * Finds the deploy that a release came from, where it has just been made, and adds to its log that an environment serves it.
 * Returns the deploy's id, to be told to who watches after the transaction.
 */
export async function noteReleased(
  context: Context,
  query: Kysely<Schema>,
  site: Site,
  moved: { readonly environment: Environment; readonly version: number; readonly action: "release" | "rollback" },
): Promise<string | undefined> {
  const deploy = await query
    .selectFrom("deploys")
    .where("site_id", "=", site.id)
    .where("version", "=", moved.version)
    .select(["id", "last_at"])
    .executeTakeFirst();
  if (!deploy || context.nowMs() - Date.parse(deploy.last_at) > RELEASED_WITHIN_MS) return undefined;
  const { environment, action, version } = moved;
  const line = { kind: "released", environment, action, version: formatVersion(version) } as const;
  await writeLines(query, deploy.id, nowIso(context), [line]);
  return deploy.id;
}

/** Adds lines to a deploy's log, and tells who watches. Where there is no such deploy, nothing happens. */
export async function addLines(context: Context, id: string, contents: readonly LineContent[]): Promise<void> {
  await writeLog(context, id, (query) => writeLines(query, id, nowIso(context), contents));
}

/**
 * Writes to a deploy's log in a transaction. A log that cannot be written stops no deploy, and hides no reason for which one
 * was stopped: the operator is told.
 */
async function writeLog(context: Context, id: string, write: (query: Kysely<Schema>) => Promise<void>): Promise<void> {
  try {
    await context.db.query.transaction().execute(write);
    context.live.tellDeploy(id);
  } catch (error) {
    context.log(`The log of the deploy ${id} could not be written`, error);
  }
}

type DeployChange = Pick<Updateable<DeployTable>, "version" | "has_failed">;

/**
 * The same in a transaction, after which who watches is to be told. Others who write to the log wait for its end, as the
 * deploy's row is changed first: so numbers have no gap, and lines are seen in their order.
 */
export async function writeLines(
  query: Kysely<Schema>,
  id: string,
  at: string,
  contents: readonly LineContent[],
  change: DeployChange = {},
): Promise<void> {
  const { numUpdatedRows } = await query
    .updateTable("deploys")
    .set({ ...change, last_at: at })
    .where("id", "=", id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  const last = await query
    .selectFrom("deploy_lines")
    .where("deploy_id", "=", id)
    .select((select) => select.fn.max("number").as("number"))
    .executeTakeFirst();
  const next = (last?.number ?? 0) + 1;
  const rows = contents.map((content, i) => ({
    deploy_id: id,
    number: next + i,
    at,
    content: JSON.stringify(content),
  }));
  await query.insertInto("deploy_lines").values(rows).execute();
}

/** Reads the lines of a deploy after one. */
export async function readLines(context: Context, id: string, after: number): Promise<Line[]> {
  const rows = await context.db.query
    .selectFrom("deploy_lines")
    .where("deploy_id", "=", id)
    .where("number", ">", after)
    .orderBy("number")
    .selectAll()
    .execute();
  return rows.map(({ number, at, content }) => ({ number, at, ...(JSON.parse(content) as LineContent) }));
}

/** Whether a deploy will have no more lines: it is over, and its release was not moved for long. */
export async function isDeployOver(context: Context, id: string): Promise<boolean> {
  const deploy = await findDeployRow(context, id);
  if (!deploy) return true;
  const quietMs = context.nowMs() - Date.parse(deploy.last_at);
  return quietMs > (deploy.version === null ? LEFT_AFTER_MS : RELEASED_WITHIN_MS);
}

export async function findDeployRow(context: Context, id: string): Promise<Selectable<DeployTable> | undefined> {
  return await context.db.query.selectFrom("deploys").where("id", "=", id).selectAll().executeTakeFirst();
}

/** Lists the deploys of a site, the latest first; of a release, those that became it. */
export async function listDeploys(
  context: Context,
  site: Site,
  limit: number,
  version: number | undefined,
): Promise<Api.DeployList> {
  let query = context.db.query
    .selectFrom("deploys")
    .leftJoin("user", "user.id", "deploys.user_id")
    .where("site_id", "=", site.id);
  if (version !== undefined) query = query.where("version", "=", version);
  const rows = await query
    .selectAll("deploys")
    .select("user.email")
    .orderBy("started_at", "desc")
    .limit(limit)
    .execute();
  return {
    deploys: rows.map((row) => ({
      id: row.id,
      project: site.name,
      version: row.version === null ? null : formatVersion(row.version),
      state: stateOf(context, row),
      started_at: row.started_at,
      last_at: row.last_at,
      created_by: row.email,
      files_count: row.files_count,
      total_size: row.total_size,
      new_files: row.new_files,
      new_bytes: row.new_bytes,
    })),
  };
}

function stateOf(context: Context, row: Selectable<DeployTable>): Api.Deploy["state"] {
  if (row.version !== null) return "committed";
  if (row.has_failed === 1) return "failed";
  return context.nowMs() - Date.parse(row.last_at) > LEFT_AFTER_MS ? "left" : "running";
}

function tellChange(context: Context, site: Site, action: string): void {
  context.live.tell({ project: site.name, action, workspaceId: site.workspace_id, userId: null });
}
