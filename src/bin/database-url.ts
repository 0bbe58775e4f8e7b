import { SQL } from "bun";
import type { Option } from "./option.ts";

/** The option of `sitepod serve` about PostgreSQL: part of the table of all. */
export const DATABASE_OPTIONS = {
  databaseUrl: {
    env: "SITEPOD_DATABASE_URL",
    kind: "secret",
    doc: "PostgreSQL that holds the records instead of the data folder, such as postgres://user:password@host/database",
  },
} as const satisfies Record<string, Option>;

/** Checks the URL of a database, which is never shown: it may hold a password. Faults are added to `faults`. */
export function parseDatabaseUrl(text: string | undefined, faults: string[]): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1 && isTaken(text)) return text;
  faults.push(
    "SITEPOD_DATABASE_URL must be a URL such as postgres://user:password@host:5432/database?sslmode=verify-full",
  );
  return undefined;
}

/** Whether the client can make something of it. It connects only when it is asked something. */
function isTaken(url: string): boolean {
  try {
    void new SQL(url, { adapter: "postgres" }).close();
    return true;
  } catch {
    return false;
  }
}
