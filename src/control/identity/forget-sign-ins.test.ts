import { expect, test } from "bun:test";
import { testDatabases } from "../test-database.ts";
import { forgetSignIns } from "./forget-sign-ins.ts";

test("sessions, challenges and codes that have expired are forgotten, and no others", async () => {
  await using database = await testDatabases.open();
  const { query } = database.db;
  const at = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
  await query
    .insertInto("user")
    .values({ ...at, id: "u1", name: "ann", email: "ann@example.org", emailVerified: 0, image: null, role: "user" })
    .execute();
  const ends = { old: new Date(Date.now() - 1000).toISOString(), new: new Date(Date.now() + 60_000).toISOString() };
  for (const [id, expiresAt] of Object.entries(ends)) {
    const session = { ...at, id, expiresAt, token: id, ipAddress: null, userAgent: null, userId: "u1" };
    await query.insertInto("session").values(session).execute();
    await query
      .insertInto("verification")
      .values({ ...at, id, expiresAt, identifier: id, value: "" })
      .execute();
    await query
      .insertInto("deviceCode")
      .values({
        id,
        expiresAt,
        deviceCode: id,
        userCode: id,
        userId: null,
        status: "pending",
        lastPolledAt: null,
        pollingInterval: null,
        clientId: null,
        scope: null,
        name: null,
        address: null,
      })
      .execute();
  }
  await forgetSignIns(query);
  for (const table of ["session", "verification", "deviceCode"] as const) {
    expect(await query.selectFrom(table).select("id").execute()).toEqual([{ id: "new" }]);
  }
});
