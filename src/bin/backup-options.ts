import type { Option } from "./option.ts";

/** The options of `sitepod serve` about scheduled backups: part of the table of all. */
export const BACKUP_OPTIONS = {
  backupTo: {
    env: "SITEPOD_BACKUP_TO",
    kind: "text",
    doc: "Where backups are made to on a schedule: a folder on another disk, or s3://bucket",
  },
  backupEvery: {
    env: "SITEPOD_BACKUP_EVERY",
    kind: "hours",
    fallback: "24",
    doc: "Hours from one backup to the next",
  },
  backupKeep: {
    env: "SITEPOD_BACKUP_KEEP",
    kind: "count",
    fallback: "30",
    doc: "So many of the newest backups are kept",
  },
  backupVerify: {
    env: "SITEPOD_BACKUP_VERIFY",
    kind: "text",
    fallback: "all",
    doc: "What each backup reads back: all, or new: only what it copied itself",
  },
  backupRegion: {
    env: "SITEPOD_BACKUP_S3_REGION",
    kind: "text",
    doc: "The region of the backups' bucket; like the next four, the server's own bucket's without it",
  },
  backupEndpoint: { env: "SITEPOD_BACKUP_S3_ENDPOINT", kind: "text", doc: "The URL of the backups' object store" },
  backupAddressing: {
    env: "SITEPOD_BACKUP_S3_ADDRESSING",
    kind: "text",
    doc: "How a URL names the backups' bucket: path, or host",
  },
  backupAccessKey: { env: "SITEPOD_BACKUP_ACCESS_KEY_ID", kind: "text", doc: "The access key of the backups' bucket" },
  backupSecretKey: {
    env: "SITEPOD_BACKUP_SECRET_ACCESS_KEY",
    kind: "secret",
    doc: "The secret key of the backups' bucket",
  },
} as const satisfies Record<string, Option>;

export interface BackupSchedule {
  readonly place: string;
  readonly everyMs: number;
  readonly keep: number;
  readonly verify: "all" | "new";
}

const HOUR_MS = 60 * 60 * 1000;

/** Decides the options about scheduled backups. Undefined where there are none. Faults are added to `faults`. */
export function decideBackups(
  text: (name: keyof typeof BACKUP_OPTIONS) => string | undefined,
  everyHours: number,
  keep: number,
  faults: string[],
): BackupSchedule | undefined {
  const place = text("backupTo");
  if (place === undefined) return undefined;
  const verify = text("backupVerify");
  if (verify !== "all" && verify !== "new") {
    faults.push(`SITEPOD_BACKUP_VERIFY is ${JSON.stringify(verify)} and must be all or new`);
    return undefined;
  }
  if (everyHours === 0) faults.push("SITEPOD_BACKUP_EVERY is 0 and must be more hours than none");
  if (keep === 0) faults.push("SITEPOD_BACKUP_KEEP is 0 and must be at least 1");
  return { place, everyMs: everyHours * HOUR_MS, keep, verify };
}
