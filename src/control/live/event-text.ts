/** Writes one event of a stream (HTML, section 9.2). `data` is one line: JSON is. */
export function formatEvent({ id, event, data }: { id?: string; event: string; data: string }): Uint8Array {
  return Buffer.from(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}

/** What a client may ignore, and tells it and everything on the way that the stream is alive. */
export const HEARTBEAT: Uint8Array = Buffer.from(": \n\n");
