import { describeBackup } from "./backup-conformance.ts";
import { damagedFolder } from "./damaged-folder.ts";

describeBackup("a backup from folder to folder", damagedFolder);
