import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SitepodError } from "#model";

/** Names the backup that is being restored into a data folder; it goes when all is there. */
export const restoringFile = (data: string): string => join(data, "restoring");

/** Throws SitepodError `conflict` where a restore into the folder was cut off: what is there is not all. */
export function refuseHalfRestored(data: string): void {
  const file = restoringFile(data);
  if (!existsSync(file)) return;
  throw new SitepodError(
    "conflict",
    `A restore into ${data} has not ended. Run it again: sitepod server restore <place> --backup ${readFileSync(file, "utf8").trim()}`,
  );
}
