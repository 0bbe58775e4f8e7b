/** Records of the control plane, by Kysely over SQLite. */
export { type Database, isDatabaseFailure, isNewDatabase, openDatabase } from "./database.ts";
export { lockFolder } from "./folder-lock.ts";
export { copyFile as copyDatabaseFile, findFileFaults } from "./inspect-file.ts";
export { forgetAbsentBlobs } from "./restored-file.ts";
export type * from "./schema.ts";
