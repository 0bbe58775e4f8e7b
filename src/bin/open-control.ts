import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Context, type Control, createControl, createHealth, metricsResponse, refusalResponse } from "#control";
import { type Database, isNewPostgres, isNewSqlite, NewerDatabase, openPostgres, openSqlite, readServerKey } from "#db";
import { SitepodError } from "#model";
import type { Store } from "#store";
import { version } from "./version.ts";
import { readSessionKey } from "./session-key.ts";

interface Place {
  readonly data: string;
  /** Of PostgreSQL; undefined: the records are in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly store: Store;
  readonly rebuildDatabase: boolean;
}

/** What is open, and how to close it. */
export interface OpenControl {
  readonly control: Control | Unavailable;
  close(): Promise<void>;
}

/** Stands for a control plane whose database cannot be opened: sites are served all the same. */
export interface Unavailable {
  readonly reason: SitepodError;
  /** Throws the reason. */
  check(): Promise<void>;
  fetch(request: Request): Promise<Response>;
}

export const isAvailable = (control: Control | Unavailable): control is Control => !("reason" in control);

/**
 * Opens the control plane. Where its database is lost or broken the server starts without it, and says so: whoever
 * restarts a server at night wants the sites first.
 */
export async function openControl(
  place: Place,
  makeContext: (db: Context["db"]) => Context,
  metrics: () => Promise<string>,
  log: Context["log"],
  hasSites: boolean,
): Promise<OpenControl> {
  try {
    const { db, secret } = await openRecords(place, log, hasSites);
    const control = createControl(makeContext(db), secret, metrics);
    try {
      await reconcile(control, log);
    } catch (error) {
      await db.close();
      throw error;
    }
    return { control, close: () => db.close() };
  } catch (error) {
    if (!(error instanceof SitepodError) || error.code !== "unavailable") throw error;
    log(error.message, error.cause);
    return { control: unavailable(error, place.store, metrics), close: async () => {} };
  }
}

/** Opens the database, and reads what signs the console's sessions: it is one for all servers on a database. */
async function openRecords(
  { data, databaseUrl, rebuildDatabase }: Place,
  log: Context["log"],
  hasSites: boolean,
): Promise<{ db: Database; secret: string }> {
  const { key: own, made } = readSessionKey(join(data, "session.key"));
  if (databaseUrl !== undefined) {
    if (hasSites && !rebuildDatabase && (await isNewPostgres(databaseUrl)))
      throw lost("of SITEPOD_DATABASE_URL", "store");
    const db = await openPostgres(databaseUrl);
    return { db, secret: await readServerKey(db, "session", own) };
  }
  const path = join(data, "db", "sitepod.db");
  if (!rebuildDatabase && isNewSqlite(path)) {
    if (hasSites) throw lost(path, "folder");
  } else if (made !== "never") {
    log(describeLostKey(data, made));
  }
  return { db: rebuildDatabase ? await openOrReplace(path, log) : await openSqlite(path), secret: own };
}

const describeLostKey = (data: string, made: "since-missing" | "since-damaged"): string =>
  `${join(data, "session.key")} was ${made === "since-missing" ? "missing" : "damaged (it is now session.key.broken)"}, so a new one was ` +
  "made: people sign in again, and what the old one encrypts cannot be read: one-time codes and where webhooks go. To have that back, " +
  "stop the server, put session.key back from a backup, and start it.";

/** A damaged record must not keep a server from starting: it is told, and what does not need it works. */
async function reconcile(control: Control, log: Context["log"]): Promise<void> {
  try {
    await control.reconcile();
  } catch (error) {
    if (error instanceof SitepodError && error.code === "unavailable") throw error;
    log("The database could not be brought into line with the store", error);
  }
}

/** Puts a database that cannot be opened aside, where somebody may still want it, and makes a new one. */
async function openOrReplace(path: string, log: Context["log"]): Promise<Database> {
  try {
    return await openSqlite(path);
  } catch (error) {
    if (error instanceof NewerDatabase) throw error;
    const aside = `${path}.broken-${new Date().toISOString().replaceAll(":", "")}`;
    log(`The database cannot be opened. It is now ${aside}, and a new one takes its place`, error);
    for (const suffix of ["", "-wal", "-shm"]) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    return await openSqlite(path);
  }
}

/** A new database would let whoever registers first own every site: the operator must ask for it. */
function lost(database: string, holder: "folder" | "store"): SitepodError {
  return new SitepodError(
    "unavailable",
    `The database ${database} is missing or empty though this ${holder} holds sites, which are served. Restore it from a backup and ` +
      "restart, or start with --rebuild-database: sites and releases come back, accounts and tokens do not.",
  );
}

function unavailable(reason: SitepodError, store: Store, metrics: () => Promise<string>): Unavailable {
  const shown = new SitepodError(
    "unavailable",
    "The database cannot be used; sites keep serving. See the server's log for the way out.",
  );
  const checkDatabase = () => Promise.reject(reason);
  const health = createHealth({ store, checkDatabase, nowMs: Date.now, startedMs: Date.now(), version });
  return {
    reason,
    check: checkDatabase,
    async fetch(request) {
      switch (new URL(request.url).pathname) {
        case "/api/v1/health":
          return await health();
        case "/api/v1/metrics":
          return metricsResponse(await metrics());
        default:
          return refusalResponse(shown);
      }
    },
  };
}
