import { expect, test } from "bun:test";
import { describeUnusable, unusable } from "./unusable.ts";

test.each([
  ["SQLITE_CANTOPEN", "mend its owner and rights"],
  ["SQLITE_READONLY_DBMOVED", "mend its owner and rights"],
  ["EACCES", "mend its owner and rights"],
  ["SQLITE_FULL", "full or fails"],
  ["SQLITE_IOERR_WRITE", "full or fails"],
  ["SQLITE_BUSY", "Another program holds its file"],
])("of a database that may be whole, by %s, nobody is told to restore a backup", (code, remedy) => {
  const told = describeUnusable(Object.assign(new Error("no"), { code }));
  expect(told).toStartWith("The database cannot be used; sites keep serving. ");
  expect(told).toContain(remedy);
  expect(told).not.toContain("Restore");
  expect((unusable("/data/db/sitepod.db", { code }).cause as Error).message).not.toContain("restore");
});

test.each(["SQLITE_CORRUPT", "SQLITE_NOTADB", "ENOENT"])(
  "of a damaged one, by %s, the log names the file and the commands, and a client neither",
  (code) => {
    const error = unusable("/data/db/sitepod.db", Object.assign(new Error("no"), { code }));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      "The database cannot be used; sites keep serving. Restore the database file and restart the server.",
    ]);
    const { message } = error.cause as Error;
    for (const part of ["/data/db/sitepod.db", "--records-only", "--rebuild-database"]) expect(message).toContain(part);
  },
);
