/**
 * Bun 1.4.5 sends what a request over HTTP/1.1 is answered with in one piece where it is answered in the very event of the
 * request, or where the body has less than this. All else it sends header by header: 50 packets, of which a new connection
 * may have ten under way.
 */
const SENT_IN_PIECES_BYTES = 15 * 1024;

/** Whether an answer that comes after its request's event, with a body of so many bytes, needs one made by `inOnePiece`. */
export const isSentInPieces = (bytes: number): boolean => bytes >= SENT_IN_PIECES_BYTES;

/** Makes a body that goes out together with the headers, the length of these bytes among them. */
export function inOnePiece(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const source: Bun.DirectUnderlyingSource<Uint8Array> = {
    type: "direct",
    pull(controller) {
      controller.write(bytes);
      controller.close();
    },
  };
  // Room for one byte more: nothing is sent until it is known that this is all.
  return new ReadableStream(source as unknown as UnderlyingSource<Uint8Array>, { highWaterMark: bytes.length + 1 });
}
