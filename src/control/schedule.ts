import { SpanStatusCode, trace } from "@opentelemetry/api";
import { type Context, nowIso } from "./context.ts";

const tracer = trace.getTracer("sitepod");

/** Work to be done from time to time, by one control plane for all. */
export interface Scheduled {
  readonly name: string;
  readonly everyMs: number;
  /** How long after the database was made, or the task came to be, it is done first. */
  readonly firstAfterMs: number;
  readonly work: () => Promise<void>;
}

/** A task that failed is tried again after this long, or with its next turn where that is sooner. */
const RETRY_MS = 10 * 60 * 1000;
/** Clocks of several servers differ by less. */
const CLOCKS_DIFFER_MS = 60 * 60 * 1000;

type ScheduleContext = Pick<Context, "db" | "nowMs" | "log" | "unlessUnderWay">;

/**
 * Does what is due, unless another control plane is at it. Called every few seconds by each. One that dies in the middle of
 * a task leaves it due for the others; one that was cut off and went on meanwhile can neither change anything nor say that
 * the task is done, since the next run has another epoch.
 */
export async function runDue(context: ScheduleContext, tasks: readonly Scheduled[]): Promise<void> {
  await Promise.all(
    tasks.map(async (task) => {
      if (await isDue(context, task)) await context.unlessUnderWay(task.name, () => runInSpan(context, task));
    }),
  );
}

async function isDue(context: ScheduleContext, { name, everyMs, firstAfterMs }: Scheduled): Promise<boolean> {
  const { query } = context.db;
  const row = await query.selectFrom("schedules").where("name", "=", name).select("next_at").executeTakeFirst();
  if (row) return row.next_at <= nowIso(context) || row.next_at > latest(context, everyMs);
  await query
    .insertInto("schedules")
    .values({ name, epoch: 0, next_at: later(context, Math.min(everyMs, firstAfterMs)) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return false;
}

const runInSpan = (context: ScheduleContext, task: Scheduled): Promise<void> =>
  tracer.startActiveSpan(`scheduled ${task.name}`, { root: true }, async (span) => {
    try {
      await run(context, task);
    } finally {
      span.end();
    }
  });

async function run(context: ScheduleContext, { name, everyMs, work }: Scheduled): Promise<void> {
  const { query } = context.db;
  const begun = await query
    .updateTable("schedules")
    .set(({ eb }) => ({ epoch: eb("epoch", "+", 1) }))
    .where("name", "=", name)
    .where(({ or, eb }) => or([eb("next_at", "<=", nowIso(context)), eb("next_at", ">", latest(context, everyMs))]))
    .returning("epoch")
    .executeTakeFirst();
  // Another control plane has done it since it was looked at.
  if (!begun) return;
  let nextMs = everyMs;
  try {
    await work();
  } catch (error) {
    context.log(`The scheduled ${name} failed`, error);
    trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR });
    nextMs = Math.min(everyMs, RETRY_MS);
  }
  await query
    .updateTable("schedules")
    .set({ next_at: later(context, nextMs) })
    .where("name", "=", name)
    .where("epoch", "=", begun.epoch)
    .execute();
}

/** One that is to be done later than this is due: it used to be done less often, or a clock was wrong. */
const latest = (context: ScheduleContext, everyMs: number): string => later(context, everyMs + CLOCKS_DIFFER_MS);

const later = ({ nowMs }: ScheduleContext, ms: number): string => new Date(nowMs() + ms).toISOString();
