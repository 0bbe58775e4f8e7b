import { type DiskSpace, requireDiskRoom } from "#model";
import type { Context } from "../context.ts";

/** What its disk keeps in reserve. */
export const DISK_RESERVE_BYTES = 1024 ** 2;

/** What a test says of a machine, and may say otherwise at any time. */
interface Told {
  readonly disk: DiskSpace;
  /** By the host name that each is for. */
  readonly certificateEnds: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

/** The machine of a world: its contents are on the disk, and its last good backup is always of now. */
export const machineOf = (told: Told): Pick<Context, "disk" | "certificateEndMs" | "readMachine"> => ({
  disk: {
    requireRoom: async (bytes) => requireDiskRoom(told.disk, { bytes: DISK_RESERVE_BYTES, share: 0 }, bytes),
    keepsContents: true,
  },
  certificateEndMs: (hostname) => told.certificateEnds.get(hostname),
  readMachine: async () => ({
    disk: { free: told.disk.free, reserved: DISK_RESERVE_BYTES, isNearlyFull: false },
    backups: { lastGoodMs: told.nowMs, failures: 2 },
    certificates: [...told.certificateEnds].map(([name, notAfterMs]) => ({ names: [name], notAfterMs })),
  }),
});
