/** Works on a store as a whole: checks and repairs it, backs it up, restores it, and moves it elsewhere. */
export { backupId, type BackupRecord, findBackup, listBackups } from "./backup-record.ts";
export { copyBlob } from "./copy-blob.ts";
export type { Damage, Hit, Progress, ShowProgress } from "./damage.ts";
export { fsck, type FsckResult, type Repaired } from "./fsck.ts";
export { type BackupResult, makeBackup } from "./make-backup.ts";
export { createStoreMove, type Passed, type StoreMove } from "./move-store.ts";
export { readBackupTexts } from "./open-backup.ts";
export { removeOldBackups } from "./remove-backups.ts";
export type { Outcome, RepairSource } from "./repair.ts";
export { type Restored, restoreBackup, restoreRecords } from "./restore-backup.ts";
export { readUnless } from "./unreadable.ts";
export { beginArrival, endArrival, isArriving, isMovedTo, markMoved, requireSettled } from "./storage-notes.ts";
