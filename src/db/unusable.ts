import { SitepodError } from "#model";

/** Codes of SQLite (https://www.sqlite.org/rescode.html) and of the system that say nothing against the file itself. */
const ACCESS = /^(?:SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)|EACCES$|EPERM$|EROFS$)/;
const DISK = /^(?:SQLITE_(?:FULL|IOERR)|ENOSPC$|EDQUOT$|EIO$)/;
const BUSY = /^SQLITE_(?:BUSY|LOCKED)/;

/** What keeps a database file from being used. Of all but `damage` a backup is no remedy: the file may be whole. */
export type Obstacle = "access" | "disk" | "busy" | "damage";

export function obstacleOf(cause: unknown): Obstacle {
  const code = String((cause as { code?: unknown } | null)?.code ?? "");
  if (ACCESS.test(code)) return "access";
  if (DISK.test(code)) return "disk";
  return BUSY.test(code) ? "busy" : "damage";
}

const REMEDIES: Readonly<Record<Obstacle, string>> = {
  access:
    "The server's user may not read and write its file, which may be whole: mend its owner and rights, and restart the server.",
  disk: "Its disk is full or fails: mend that, and restart the server.",
  busy: "Another program holds its file: end that, and restart the server.",
  damage: "Restore the database file and restart the server.",
};

/** What whoever looks at the file of a database that may be whole is to do. */
export const REMEDIES_AT_THE_FILE: Readonly<Record<Exclude<Obstacle, "damage">, string>> = {
  access: "run this as the server's user, and mend the file's owner and rights where that does not help",
  disk: "its disk is full or fails",
  busy: "another program holds it",
};

/** What to tell whoever asks for something that needs the database. */
export const describeUnusable = (cause: unknown): string =>
  `The database cannot be used; sites keep serving. ${REMEDIES[obstacleOf(cause)]}`;

/** Tells the log which file it is, and by which commands it is mended. */
export function unusable(path: string, cause: unknown): SitepodError {
  const ways =
    obstacleOf(cause) === "damage"
      ? ". Move the folder db away, then `sitepod server restore <backup> --data <folder> --records-only` brings the records of a " +
        "backup back; where there is none, --rebuild-database makes sites and releases anew from the files"
      : "";
  return new SitepodError("unavailable", describeUnusable(cause), {
    cause: new Error(`Database ${path} cannot be used${ways}`, { cause }),
  });
}
