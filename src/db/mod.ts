/** Records of the control plane, by Kysely over SQLite or PostgreSQL, and what control planes agree on by PostgreSQL. */
export { type Database, isDatabaseFailure, isDatabaseFull, isUniqueViolation, NewerDatabase } from "./database.ts";
export { lockFolder } from "./folder-lock.ts";
export { copyFile as copyDatabaseFile, type FileFault, findFileFaults } from "./inspect-file.ts";
export { forgetAbsentBlobs } from "./restored-file.ts";
export { type KnownSite, readKnownSites, readKnownSitesOfPostgres } from "./known-releases.ts";
export { createHints, type Hints } from "./hints.ts";
export { assertHeld, withoutHolds } from "./held.ts";
export { createLocks, type Locks, type LocksOptions } from "./locks.ts";
export { countPostgresSessions, isNewPostgres, openPostgres } from "./postgres.ts";
export { copyPostgres, requireEmptyPostgres, restorePostgres } from "./portable-records.ts";
export type * from "./schema.ts";
export { findServerKey, readServerKey } from "./server-key.ts";
export type * from "./workspace-schema.ts";
export { isNewSqlite, openSqlite } from "./sqlite.ts";
export { describeUnusable } from "./unusable.ts";
