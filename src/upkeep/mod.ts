/** Works on a store as a whole: checks it, and repairs what is damaged. */
export type { Damage, Hit, Progress, ShowProgress } from "./damage.ts";
export { fsck, type FsckResult, type Repaired } from "./fsck.ts";
export type { Outcome, RepairSource } from "./repair.ts";
