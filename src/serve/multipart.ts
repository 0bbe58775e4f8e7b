import { type ByteRange, formatContentRange } from "#routing";
import type { Answer } from "./answer.ts";

export interface Multipart {
  readonly type: string;
  readonly body: ReadableStream<Uint8Array>;
}

const encoder = new TextEncoder();

/**
 * Writes several ranges of one file as multipart/byteranges (RFC 9110, section 14.6). The boundary is the entity tag:
 * a text that holds a part of its own hash cannot be found.
 */
export function formatMultipart({ body, etag, size, type }: Answer, ranges: readonly ByteRange[]): Multipart {
  const boundary = etag.slice(1, -1);
  const parts = ranges.map((range) => ({
    head: encoder.encode(
      `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${formatContentRange(range, size)}\r\n\r\n`,
    ),
    content: body.slice(range.first, range.last + 1),
  }));
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);

  async function* write(): AsyncGenerator<Uint8Array> {
    for (const { head, content } of parts) {
      yield head;
      yield* content.stream();
    }
    yield tail;
  }

  return {
    type: `multipart/byteranges; boundary=${boundary}`,
    body: streamOf(write()),
  };
}

const streamOf = (chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
