import type { Api } from "#wire";
import type { Context } from "./context.ts";

/** Tells who keeps the server running what it cannot tell others. */
export async function describeServer({ db, readMachine }: Context): Promise<Api.ServerState> {
  const { disk, backups, certificates } = await readMachine();
  return {
    database: db.isShared ? "postgresql" : "sqlite",
    disk: { free: disk.free, reserved: disk.reserved, is_nearly_full: disk.isNearlyFull },
    backups: backups
      ? {
          last_good_at: backups.lastGoodMs === undefined ? null : isoOf(backups.lastGoodMs),
          failures: backups.failures,
        }
      : null,
    certificates:
      certificates
        ?.toSorted((a, b) => a.notAfterMs - b.notAfterMs)
        .map(({ names, notAfterMs }) => ({ names: [...names], expires_at: isoOf(notAfterMs) })) ?? null,
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
