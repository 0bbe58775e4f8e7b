import type { Database } from "#db";

/** Forgets sessions, challenges, links and codes that have expired. */
export async function forgetSignIns(query: Database["query"]): Promise<void> {
  // By the clock that Better Auth has set them by.
  const now = new Date().toISOString();
  for (const table of ["session", "verification", "deviceCode"] as const) {
    await query.deleteFrom(table).where("expiresAt", "<", now).execute();
  }
}
