import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Context, type Control, createControl, errorResponse } from "#control";
import { openDatabase } from "#db";
import { SitepodError } from "#model";

interface Folder {
  readonly data: string;
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
  folder: Folder,
  makeContext: (db: Context["db"]) => Context,
  metrics: () => string,
  log: Context["log"],
  hasSites: boolean,
): Promise<OpenControl> {
  const path = join(folder.data, "db", "sitepod.db");
  try {
    if (hasSites && !existsSync(path) && !folder.rebuildDatabase) throw lost(path);
    const db = await openDatabase(path);
    const control = createControl(makeContext(db), readSecret(join(folder.data, "session.key")), metrics);
    await control.reconcile();
    return { control, close: () => db.close() };
  } catch (error) {
    if (!(error instanceof SitepodError) || error.code !== "unavailable") throw error;
    log(error.message, error.cause);
    return { control: unavailable(error, log), close: async () => {} };
  }
}

/** A new database would let whoever registers first own every site: the operator must ask for it. */
function lost(path: string): SitepodError {
  return new SitepodError(
    "unavailable",
    `The database ${path} is missing though this folder holds sites, which are served. Restore it from a backup and ` +
      "restart, or start with --rebuild-database: sites and releases come back, accounts and tokens do not.",
  );
}

function unavailable(reason: SitepodError, log: Context["log"]): Unavailable {
  const shown = new SitepodError(
    "unavailable",
    "The database cannot be used; sites keep serving. See the server's log for the way out.",
  );
  return {
    reason,
    async fetch(request) {
      if (new URL(request.url).pathname !== "/api/v1/health") return errorResponse(shown, () => {});
      log("Health was asked for while the database cannot be used");
      return Response.json({ status: "degraded", database: "error", storage: "ok" });
    },
  };
}

/** The key that signs browser sessions: made at the first start, kept so that a restart logs nobody out. */
function readSecret(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  return readFileSync(path, "utf8");
}
