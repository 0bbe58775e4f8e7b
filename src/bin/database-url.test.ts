import { expect, test } from "bun:test";
import { parseDatabaseUrl } from "./database-url.ts";

test.each(["postgres://sitepod@127.0.0.1/sitepod", "postgresql://a:b@db.internal:5433/records?sslmode=verify-full"])(
  "%s is taken as it is",
  (url) => {
    const faults: string[] = [];
    expect([parseDatabaseUrl(url, faults), faults]).toEqual([url, []]);
  },
);

test.each([
  "mysql://root:secret@db/sitepod",
  "secret",
  "postgres://sitepod:secret@db",
  "postgres://sitepod:secret@db/",
])("another is refused without being shown", (url) => {
  const faults: string[] = [];
  expect(parseDatabaseUrl(url, faults)).toBeUndefined();
  expect(faults).toHaveLength(1);
  expect(faults[0]).not.toContain("secret");
});
