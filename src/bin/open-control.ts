import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Context, type Control, createControl, createHealth, refusalResponse } from "#control";
import { type Database, isNewDatabase, openDatabase } from "#db";
import { SitepodError } from "#model";
import type { Store } from "#store";
import { version } from "./version.ts";
import { readSessionKey } from "./session-key.ts";

interface Place {
  readonly data: string;
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
  const path = join(place.data, "db", "sitepod.db");
  try {
    if (hasSites && !place.rebuildDatabase && isNewDatabase(path)) throw lost(path);
    const db = place.rebuildDatabase ? await openOrReplace(path, log) : await openDatabase(path);
    const control = createControl(makeContext(db), readSessionKey(join(place.data, "session.key")), metrics);
    await reconcile(control, log);
    return { control, close: () => db.close() };
  } catch (error) {
    if (!(error instanceof SitepodError) || error.code !== "unavailable") throw error;
    log(error.message, error.cause);
    return { control: unavailable(error, place.store), close: async () => {} };
  }
}

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
    return await openDatabase(path);
  } catch (error) {
    const aside = `${path}.broken-${new Date().toISOString().replaceAll(":", "")}`;
    log(`The database cannot be opened. It is now ${aside}, and a new one takes its place`, error);
    for (const suffix of ["", "-wal", "-shm"]) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    return await openDatabase(path);
  }
}

/** A new database would let whoever registers first own every site: the operator must ask for it. */
function lost(path: string): SitepodError {
  return new SitepodError(
    "unavailable",
    `The database ${path} is missing or empty though this folder holds sites, which are served. Restore it from a backup and ` +
      "restart, or start with --rebuild-database: sites and releases come back, accounts and tokens do not.",
  );
}

function unavailable(reason: SitepodError, store: Store): Unavailable {
  const shown = new SitepodError(
    "unavailable",
    "The database cannot be used; sites keep serving. See the server's log for the way out.",
  );
  const checkDatabase = () => Promise.reject(reason);
  const health = createHealth({ store, checkDatabase, nowMs: Date.now, startedMs: Date.now(), version });
  return {
    reason,
    async fetch(request) {
      if (new URL(request.url).pathname !== "/api/v1/health") return refusalResponse(shown);
      return await health();
    },
  };
}
