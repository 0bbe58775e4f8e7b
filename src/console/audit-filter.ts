import type { AuditFilter } from "./team-api.ts";

/** The actions of the log, by their families: `member.*` stands for all of one. */
export const ACTION_FAMILIES = [
  "site",
  "release",
  "environment",
  "preview",
  "domain",
  "access",
  "guard",
  "approval",
  "member",
  "invitation",
  "token",
  "webhook",
  "workspace",
  "quota",
  "account",
  "session",
  "server",
] as const;

/** Reads the filter off a page's query, whose `from` and `to` are days of the reader's, both included. */
export function readFilter(query: URLSearchParams): AuditFilter & { readonly from: string; readonly to: string } {
  const get = (name: string) => query.get(name) ?? "";
  const [from, to] = [get("from"), get("to")];
  return {
    project: get("project"),
    actor: get("actor"),
    action: get("action"),
    target: get("target"),
    since: startOfDay(from, 0),
    until: startOfDay(to, 1),
    from,
    to,
  };
}

/** The beginning of a day in the reader's time zone, or of one some days later, as ISO 8601; empty where it is no day. */
function startOfDay(day: string, later: number): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return "";
  return new Date(Number(year), Number(month) - 1, Number(date) + later).toISOString();
}
