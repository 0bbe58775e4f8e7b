// schedule-process.ts URL NAME SILENCE_MS: a process that looks for due work as a server does. Its one task writes a row
// every few milliseconds, and does not end by itself.
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { createLocks, openPostgres } from "#db";
import { createTurns } from "../../../src/control/gate.ts";
import { runDue, type Scheduled } from "../../../src/control/schedule.ts";

const LOOK_EVERY_MS = 50;
const STEP_MS = 5;

const [url = "", name = "", silenceMs = ""] = process.argv.slice(2);
const db = await openPostgres(url);
const { unlessUnderWay } = createTurns(createLocks(url, { silenceMs: Number(silenceMs) }));
const context = {
  db,
  nowMs: Date.now,
  unlessUnderWay,
  log: (message: string) => void process.stdout.write(`${message}\n`),
};
const task: Scheduled = {
  name: "steps",
  everyMs: 0,
  firstAfterMs: 0,
  async work() {
    for (;;) {
      await sql`insert into steps (name) values (${name})`.execute(db.query);
      await setTimeout(STEP_MS);
    }
  },
};

for (;;) {
  await runDue(context, [task]).catch((error: unknown) => process.stdout.write(`${String(error)}\n`));
  await setTimeout(LOOK_EVERY_MS);
}
