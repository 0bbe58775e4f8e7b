import type { Kysely } from "kysely";
import type { Schema } from "#db";
import {
  addFigures,
  type Figures,
  parseFigures,
  parseTrafficReport,
  REPORT_KNOWN_MS,
  type ShownAs,
  type SiteFigures,
  type Span,
  SPAN_KEPT_MS,
  SPANS,
  spansOf,
  TRAFFIC_FOLDER,
  type TrafficReport,
} from "#model";
import { type Context, nowIso } from "../context.ts";
import { TRAFFIC_COUNTED } from "../live/hearing.ts";
import { type CountedFor, findCountedFor } from "./counted-for.ts";

/** Entries of a report that are added in one transaction. Others use the database between two. */
const AT_ONCE = 50;

/** A place in the table of figures. */
interface Place {
  readonly siteId: string;
  readonly shownAs: ShownAs;
  readonly span: Span;
  readonly at: string;
}

/**
 * Adds up what edges have written down since, each report once, also where this is cut off; and forgets what is too old.
 * To be called by one control plane at a time.
 */
export async function collectTraffic(context: Context): Promise<void> {
  const { documents } = context.store;
  let collected = 0;
  let left = 0;
  for await (const key of documents.list(TRAFFIC_FOLDER)) {
    try {
      await collectReport(context, key);
      collected++;
    } catch (error) {
      left++;
      context.log(`${key} could not be added up; it is tried again`, error);
    }
  }
  await forgetOld(context);
  // How far one is added that is still there must be known, however long that takes.
  if (left === 0) await forgetReports(context);
  if (collected > 0) {
    context.live.tell({ project: null, action: TRAFFIC_COUNTED, workspaceId: null, userId: null });
  }
}

async function collectReport(context: Context, key: string): Promise<void> {
  const { documents } = context.store;
  const text = await documents.read(key);
  if (text === undefined) return;
  const report = parseTrafficReport(text);
  if (report) await addReport(context, key, report);
  else context.log(`${key} is damaged: what it counted is lost`);
  await documents.remove(key);
}

async function addReport(context: Context, key: string, { countedMs, sites }: TrafficReport): Promise<void> {
  const { query } = context.db;
  await query
    .insertInto("traffic_reports")
    .values({ key, at: nowIso(context), added: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { added } = await query
    .selectFrom("traffic_reports")
    .where("key", "=", key)
    .select("added")
    .executeTakeFirstOrThrow();
  for (let from = added; from < sites.length; from += AT_ONCE) {
    const entries = sites.slice(from, from + AT_ONCE);
    const countedFor = await findCountedFor(context, entries);
    await query.transaction().execute(async (transaction) => {
      await add(context, transaction, countedMs, entries, countedFor);
      const done = { added: from + entries.length };
      await transaction.updateTable("traffic_reports").set(done).where("key", "=", key).execute();
    });
    await new Promise(setImmediate);
  }
}

async function add(
  context: Context,
  query: Kysely<Schema>,
  countedMs: number,
  entries: readonly SiteFigures[],
  countedFor: CountedFor,
): Promise<void> {
  const sums = new Map<string, { readonly place: Place; figures: Figures }>();
  const still = await findExisting(query, countedFor);
  for (const { label, shownAs, figures } of entries) {
    const siteId = countedFor.get(label);
    if (siteId === undefined || !still.has(siteId)) continue;
    for (const { span, startMs } of spansOf(countedMs, context.nowMs())) {
      const place: Place = { siteId, shownAs, span, at: new Date(startMs).toISOString() };
      const sum = sums.get(nameOf(place));
      if (sum) sum.figures = addFigures(sum.figures, figures);
      else sums.set(nameOf(place), { place, figures });
    }
  }
  if (sums.size === 0) return;
  for (const { place, figures } of await readPlaces(
    query,
    [...sums.values()].map(({ place }) => place),
  )) {
    const sum = sums.get(nameOf(place));
    if (sum) sum.figures = addFigures(figures, sum.figures);
  }
  await query
    .insertInto("traffic")
    .values(Array.from(sums.values(), ({ place, figures }) => rowOf(place, figures)))
    .onConflict((conflict) =>
      conflict
        .columns(["site_id", "span", "at", "shown_as"])
        .doUpdateSet((row) => ({ figures: row.ref("excluded.figures") })),
    )
    .execute();
}

/** A site may have been deleted since it was looked for. */
async function findExisting(query: Kysely<Schema>, countedFor: CountedFor): Promise<ReadonlySet<string>> {
  const ids = [...new Set(countedFor.values())];
  if (ids.length === 0) return new Set();
  const rows = await query.selectFrom("sites").where("id", "in", ids).select("id").execute();
  return new Set(rows.map(({ id }) => id));
}

/** Reads what is at places, and perhaps at some others. Figures that are damaged are none. */
async function readPlaces(
  query: Kysely<Schema>,
  places: readonly Place[],
): Promise<{ readonly place: Place; readonly figures: Figures }[]> {
  const siteIds = [...new Set(places.map(({ siteId }) => siteId))];
  const starts = new Map(places.map(({ span, at }) => [span, at]));
  const rows = await query
    .selectFrom("traffic")
    .where("site_id", "in", siteIds)
    .where(({ or, and, eb }) => or(Array.from(starts, ([span, at]) => and([eb("span", "=", span), eb("at", "=", at)]))))
    .selectAll()
    .execute();
  return rows.flatMap(({ site_id: siteId, shown_as: shownAs, span, at, figures: text }) => {
    const figures = parseFigures(text);
    return figures ? [{ place: { siteId, shownAs, span, at }, figures }] : [];
  });
}

const nameOf = ({ siteId, shownAs, span, at }: Place): string => `${siteId} ${shownAs} ${span} ${at}`;

const rowOf = ({ siteId, shownAs, span, at }: Place, figures: Figures) => ({
  site_id: siteId,
  shown_as: shownAs,
  span,
  at,
  figures: JSON.stringify(figures),
});

async function forgetOld({ db, nowMs }: Context): Promise<void> {
  for (const span of SPANS) {
    const tooOld = new Date(nowMs() - SPAN_KEPT_MS[span]).toISOString();
    await db.query.deleteFrom("traffic").where("span", "=", span).where("at", "<", tooOld).execute();
  }
}

async function forgetReports({ db, nowMs }: Context): Promise<void> {
  const tooOld = new Date(nowMs() - REPORT_KNOWN_MS).toISOString();
  await db.query.deleteFrom("traffic_reports").where("at", "<", tooOld).execute();
}
