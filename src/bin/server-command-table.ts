import { type CommandSpec, parseWhole } from "#cli";

const data = { flags: "--data <folder>", doc: "The server's data folder (SITEPOD_DATA); ./data without it" } as const;

/** The commands that work on a server's data itself. They are in the executable only: what they open is the server's. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  {
    usage: "server fsck",
    group: "Server",
    summary: "Read all that is stored again, and tell what is damaged",
    details:
      "Every content is hashed again, every pointer and record read, every compressed form decoded, and the database " +
      "checked. What is damaged is told with the sites, releases and files that it hits; the exit code is then 1. The " +
      "server may run meanwhile, but not with --repair. Where the content lies in a bucket, set the same variables as " +
      "for the server.",
    options: [
      data,
      {
        flags: "--repair",
        doc:
          "Replace what is damaged by what --from has; else put it into quarantine, so that the next deploy sends it, and make " +
          "pointers anew from the database",
      },
      { flags: "--from <place>", doc: "A backup, or another server's data folder: a folder, or s3://bucket" },
    ],
    examples: [
      "sitepod server fsck --data /var/lib/sitepod",
      "sitepod server fsck --data /var/lib/sitepod --repair --from /backup/sitepod",
    ],
    load: () => import("./server-commands/fsck.ts"),
  },
  {
    usage: "server gc",
    group: "Server",
    summary: "Remove releases that are not kept, and contents that nothing names",
    details:
      "The server does it by itself each day, or as its option --gc-every says. This asks a server that runs, at --endpoint, " +
      "to do it now: with its SITEPOD_ADMIN_TOKEN, or as an administrator who is logged in. It serves and takes deploys meanwhile.",
    options: [
      { flags: "--dry-run", doc: "Tell what would go, and remove nothing" },
      { flags: "--status", doc: "Tell how far one is that is under way, or how the last one ended" },
    ],
    examples: ["sitepod server gc --dry-run", "sitepod server gc --endpoint http://localhost:8080"],
    load: () => import("./server-commands/gc.ts"),
  },
  {
    usage: "server backup <place>",
    group: "Server",
    summary: "Back up database, pointers and contents to a folder or a bucket",
    details:
      "The server may run meanwhile. Contents that an earlier backup brought are not copied again. The backup is there, " +
      "and listed, once all of it was read back. It holds what must stay secret: keys of certificates and sessions. A " +
      "bucket is s3://name, with the variables SITEPOD_BACKUP_ACCESS_KEY_ID, SITEPOD_BACKUP_SECRET_ACCESS_KEY, " +
      "SITEPOD_BACKUP_S3_REGION and SITEPOD_BACKUP_S3_ENDPOINT, in whose place those of the server's own bucket count.",
    options: [
      data,
      {
        flags: "--verify <what>",
        doc: "Read back all, or only what is copied now",
        choices: ["all", "new"],
        default: "all",
      },
      {
        flags: "--keep <number>",
        doc: "Remove all but so many of the newest backups afterwards, and what they alone held",
        parse: parseWhole(1, 10_000),
      },
    ],
    examples: [
      "sitepod server backup /backup/sitepod --data /var/lib/sitepod",
      "sitepod server backup s3://sitepod-backups --data /var/lib/sitepod --keep 30",
    ],
    load: () => import("./server-commands/backup.ts"),
  },
  {
    usage: "server backups <place>",
    group: "Server",
    summary: "List the backups in a place, the newest first",
    options: [],
    examples: ["sitepod server backups /backup/sitepod"],
    load: () => import("./server-commands/backups.ts"),
  },
  {
    usage: "server restore <place>",
    group: "Server",
    summary: "Restore a backup into an empty data folder",
    details:
      "Every content is verified on its way. Where the content is to lie in a bucket, set the same variables as for the " +
      "server; the records go to PostgreSQL where SITEPOD_DATABASE_URL is set, wherever the backup found them. A restore that was " +
      "cut off is ended by running it again; until then no server starts on the folder.",
    options: [
      data,
      { flags: "--backup <id>", doc: "Which one, as sitepod server backups lists them; the newest without it" },
      {
        flags: "--records-only",
        doc: "Restore the records alone, beside contents and pointers that are there: after a lost database, or to change to another",
      },
    ],
    examples: ["sitepod server restore /backup/sitepod --data /var/lib/sitepod"],
    load: () => import("./server-commands/restore.ts"),
  },
  {
    usage: "server migrate-storage <to>",
    group: "Server",
    summary: "Move contents and pointers from disk to a bucket, back, or to another bucket, while the server runs",
    details:
      "The place is s3://name, or local for the data folder. The server goes on serving and releasing while its contents are copied, " +
      "each read back and verified; then changes wait for a moment, the last of them are copied, and the server uses the new " +
      "place. What was cut off is run again and goes on. The old place stays as it is, and no server starts on it any more: set " +
      "the options that the command ends with. The bucket is described by SITEPOD_TO_ACCESS_KEY_ID, " +
      "SITEPOD_TO_SECRET_ACCESS_KEY, SITEPOD_TO_S3_REGION, SITEPOD_TO_S3_ENDPOINT and SITEPOD_TO_S3_ADDRESSING, in whose place " +
      "those of the server's own bucket count.",
    options: [
      data,
      {
        flags: "--verify <what>",
        doc: "Read back all, or only what is copied now and not by an earlier run",
        choices: ["all", "new"],
        default: "all",
      },
    ],
    examples: [
      "sitepod server migrate-storage s3://sitepod --data /var/lib/sitepod",
      "sitepod server migrate-storage local --data /var/lib/sitepod",
    ],
    load: () => import("./server-commands/migrate-storage.ts"),
  },
];
