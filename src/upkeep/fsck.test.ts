import { damagedFolder } from "./damaged-folder.ts";
import { describeFsck } from "./fsck-conformance.ts";

describeFsck("a store on disk", damagedFolder);
