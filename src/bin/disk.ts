import type { Disk } from "#control";
import { type DiskReserve, type DiskSpace, formatSize, isNearlyFull, requireDiskRoom, reservedBytes } from "#model";
import { readDiskSpace } from "./disk-space.ts";
import type { Log } from "./log.ts";

export interface DiskState {
  /** Bytes. */
  readonly free: number;
  readonly reserved: number;
  /** Whether deploys are refused. */
  readonly isNearlyFull: boolean;
}

/** The disk of the data folder, watched. */
export interface WatchedDisk extends Disk {
  /** Looks at it. What has changed since the last look is logged. */
  state(): Promise<DiskState>;
}

export interface DiskOptions {
  /** A folder on it. */
  readonly folder: string;
  readonly reserve: DiskReserve;
  readonly keepsContents: () => boolean;
  readonly log: Log;
}

export function watchDisk({ folder, reserve, keepsContents, log }: DiskOptions): WatchedDisk {
  let wasNearlyFull = false;

  async function look(): Promise<DiskSpace> {
    const space = await readDiskSpace(folder);
    const isFull = isNearlyFull(space, reserve);
    const free = formatSize(space.free);
    if (isFull && !wasNearlyFull) {
      log(
        `The disk of ${folder} is nearly full: ${free} are free, and ${formatSize(reservedBytes(space, reserve))} are kept ` +
          "in reserve. Deploys are refused until there is more; sites are served, rolled back and deleted as before",
      );
    }
    if (!isFull && wasNearlyFull) log(`The disk of ${folder} has room again: ${free} are free. Deploys are taken`);
    wasNearlyFull = isFull;
    return space;
  }

  return {
    get keepsContents() {
      return keepsContents();
    },
    requireRoom: async (bytes) => requireDiskRoom(await look(), reserve, bytes),
    async state() {
      const space = await look();
      return { free: space.free, reserved: reservedBytes(space, reserve), isNearlyFull: isNearlyFull(space, reserve) };
    },
  };
}
