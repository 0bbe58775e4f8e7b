import type { Selectable } from "kysely";
import type { GarbageRunTable } from "#db";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";

type Row = Selectable<GarbageRunTable>;
export type GarbageFigures = Pick<
  Row,
  "removed_releases" | "referenced_blobs" | "total_blobs" | "deleted_blobs" | "freed_bytes"
>;

/** Where a circle begins that was never cut off. */
export const FIRST_PLACE = "00";
/** How often a collection says how far it is. One that is cut off has done so much again, at most. */
const TELL_EVERY_MS = 1000;
/** One that has not said anything for so long is taken for cut off. */
const SILENT_MS = 3 * 60 * 1000;

/**
 * A collection under way. What it has come to is in the database, so that people can see it, and that the next one begins
 * where this was cut off. There is one at a time.
 */
export class GarbageRun {
  readonly #context: Context;
  readonly #row: { -readonly [K in keyof Row]: Row[K] };
  #toldMs: number;

  private constructor(context: Context, row: Row) {
    this.#context = context;
    this.#row = { ...row };
    this.#toldMs = context.nowMs();
  }

  static async begin(context: Context): Promise<GarbageRun> {
    const last = await readRow(context);
    const now = nowIso(context);
    // One that came around left the first place.
    const next = last?.next ?? FIRST_PLACE;
    const row: Row = {
      id: "last",
      begun_at: now,
      told_at: now,
      ended_at: null,
      fault: null,
      phase: "releases",
      first: next,
      next,
      removed_releases: 0,
      referenced_blobs: 0,
      total_blobs: 0,
      deleted_blobs: 0,
      freed_bytes: 0,
    };
    await context.db.query
      .insertInto("garbage_runs")
      .values(row)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
    return new GarbageRun(context, row);
  }

  get first(): string {
    return this.#row.first;
  }

  get figures(): GarbageFigures {
    const { removed_releases, referenced_blobs, total_blobs, deleted_blobs, freed_bytes } = this.#row;
    return { removed_releases, referenced_blobs, total_blobs, deleted_blobs, freed_bytes };
  }

  count(more: Partial<GarbageFigures>): void {
    for (const [name, count] of Object.entries(more)) this.#row[name as keyof GarbageFigures] += count;
  }

  /** Goes on to the next phase. */
  async enter(phase: Row["phase"]): Promise<void> {
    this.#row.phase = phase;
    await this.#write({});
  }

  /** Says how far it is, where it did not lately. `next`: what is before it in the circle is done. */
  async tell(next = this.#row.next): Promise<void> {
    this.#row.next = next;
    if (Math.abs(this.#context.nowMs() - this.#toldMs) >= TELL_EVERY_MS) await this.#write({});
  }

  /** Says that it has ended. `isWhole`: all contents were gone through. */
  async end(isWhole: boolean, fault?: string): Promise<void> {
    if (isWhole) Object.assign(this.#row, { next: FIRST_PLACE, phase: "done" });
    await this.#write({ ended_at: nowIso(this.#context), fault: fault ?? null });
  }

  async #write(more: Partial<Row>): Promise<void> {
    const { id: _, ...row } = this.#row;
    this.#toldMs = this.#context.nowMs();
    await this.#context.db.query
      .updateTable("garbage_runs")
      .set({ ...row, ...more, told_at: nowIso(this.#context) })
      .where("begun_at", "=", row.begun_at)
      .execute();
  }
}

const readRow = ({ db }: Context): Promise<Row | undefined> =>
  db.query.selectFrom("garbage_runs").selectAll().executeTakeFirst();

/** Tells how far a collection is, or how the last one ended. */
export async function readGarbageState(context: Context): Promise<Api.GarbageState> {
  const row = await readRow(context);
  if (!row) return { collection: null };
  const { id: _, first, next, ...told } = row;
  const state = stateOf(row, context.nowMs());
  const done = state === "done" ? 1 : row.phase === "contents" ? shareOf(first, next) : 0;
  return { collection: { ...told, state, done } };
}

function stateOf({ phase, ended_at, told_at }: Row, nowMs: number) {
  if (ended_at !== null) return phase === "done" ? "done" : "stopped";
  return nowMs - Date.parse(told_at) < SILENT_MS ? "running" : "cut_off";
}

const PLACES = 256;
/** How much of the circle lies between two places. */
const shareOf = (first: string, next: string): number =>
  ((Number.parseInt(next, 16) - Number.parseInt(first, 16) + PLACES) % PLACES) / PLACES;
