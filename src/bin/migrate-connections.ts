import { readFileSync, writeFileSync } from "node:fs";

/** Linux 5.14 and newer. */
const SETTING = "/proc/sys/net/ipv4/tcp_migrate_req";

/**
 * Lets the system hand connections that wait at a listener over to another on the same port when the first is closed:
 * without it a change of certificates may refuse a few. Returns whether it is so; only root may change it.
 */
export function allowMigration(): boolean {
  try {
    if (readFileSync(SETTING, "utf8").trim() === "1") return true;
    writeFileSync(SETTING, "1");
    return true;
  } catch {
    return false;
  }
}
