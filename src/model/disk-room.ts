import { SitepodError } from "./error.ts";
import { formatSize } from "./size.ts";

/** A disk that is written to. In bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

/** What is kept free for everything but deploys: the larger of both. */
export interface DiskReserve {
  readonly bytes: number;
  /** Of the whole disk; 0.01 is one percent. */
  readonly share: number;
}

export const reservedBytes = ({ total }: DiskSpace, { bytes, share }: DiskReserve): number =>
  Math.max(bytes, Math.ceil(total * share));

/** Whether nothing that only a deploy needs may be written any more. */
export const isNearlyFull = (space: DiskSpace, reserve: DiskReserve): boolean =>
  space.free < reservedBytes(space, reserve);

/** Throws SitepodError `storage_full` where so many bytes are too many. */
export function requireDiskRoom(space: DiskSpace, reserve: DiskReserve, bytes: number): void {
  const reserved = reservedBytes(space, reserve);
  if (space.free - bytes >= reserved) return;
  const wanted = bytes > 0 ? `, and ${formatSize(bytes)} are to be written` : "";
  throw new SitepodError(
    "storage_full",
    `The server's disk is nearly full: ${formatSize(space.free)} are free, of which ${formatSize(reserved)} are kept in ` +
      `reserve${wanted}. Sites are served as before. Ask an administrator of this server to free space on its disk, by ` +
      "deleting sites or releases and collecting garbage, or to make it larger; then try again.",
  );
}
