import { SitepodError } from "#model";
import { isDatabaseFull } from "./database.ts";

/**
 * The SQLSTATEs that say that the server, or the way to it, fails: connection, authorization, resources, an
 * administrator's or the system's intervention, time that is over (PostgreSQL, appendix A).
 */
const FAILURE = /^(08|28|53|57P|58|3D|25P03|55P03)/;
/** How long a server usually takes to restart. */
const RETRY_S = 5;

/** Makes of what says that PostgreSQL cannot be used now a SitepodError `unavailable`; other errors stay as they are. */
export function asUnavailable(error: unknown): unknown {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  if (typeof code !== "string" || !code.startsWith("ERR_POSTGRES_")) return error;
  if (isDatabaseFull(error)) {
    const message = "The database's disk is full: nothing was changed. Free space on it, then try again.";
    return new SitepodError("storage_full", message, { cause: error });
  }
  // Without an SQLSTATE it was not the server that answered.
  if (typeof errno === "string" && !FAILURE.test(errno)) return error;
  return new SitepodError("unavailable", "The database cannot be reached; sites keep serving. Try again in a moment.", {
    cause: error,
    retryAfterS: RETRY_S,
  });
}
