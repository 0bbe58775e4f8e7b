import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { SitepodError } from "#model";

/**
 * To be asked before a command writes into a server's data folder. Throws SitepodError `conflict` where root would write what the
 * server, which runs as another user, could not read. Who has made the `lock` is the server's user.
 */
export function refuseForeignFolder(data: string, uid: number | undefined = process.getuid?.()): void {
  if (uid !== 0) return;
  const lock = join(data, "lock");
  if (!existsSync(data)) return;
  const owner = statSync(existsSync(lock) ? lock : data).uid;
  if (owner === uid) return;
  throw new SitepodError(
    "conflict",
    `${data} is used by a server of another user (number ${owner}), which could not read what root writes there. Run this as that ` +
      `user: sudo -u '#${owner}' sitepod server …`,
  );
}
