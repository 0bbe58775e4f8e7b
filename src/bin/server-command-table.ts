import type { CommandSpec } from "#cli";

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
        doc: "Replace what is damaged by what --from has; else put it into quarantine, so that the next deploy sends it",
      },
      { flags: "--from <place>", doc: "A backup, or another server's data folder: a folder, or s3://bucket" },
    ],
    examples: [
      "sitepod server fsck --data /var/lib/sitepod",
      "sitepod server fsck --data /var/lib/sitepod --repair --from /backup/sitepod",
    ],
    load: () => import("./server-commands/fsck.ts"),
  },
];
