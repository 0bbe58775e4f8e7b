/** Smaller ones are not worth it, and may share their memory with others. */
const WORTH_BYTES = 256 * 1024;

/**
 * Gives the memory of bytes back that are in nobody's use any more; they are empty then. The collector would do it, too, but
 * late: it goes by the objects there are, and a deploy leaves few that are very large.
 */
export function giveBack({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (byteLength >= WORTH_BYTES && byteLength === buffer.byteLength) buffer.transfer(0);
}
