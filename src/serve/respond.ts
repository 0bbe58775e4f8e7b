import { formatUnsatisfiedRange, formatContentRange, selectContent } from "#routing";
import { type Answer, type Head, isHot } from "./answer.ts";
import { formatMultipart } from "./multipart.ts";
import { inOnePiece, isSentInPieces } from "./one-piece.ts";
import type { Sent } from "./site-traffic.ts";

/**
 * Sends of a file what the request's conditions and ranges ask for, and counts it. `isAtOnce` says that the request has
 * not waited for anything.
 */
export function respond(
  method: string,
  headers: Headers,
  answer: Answer,
  sent: Sent,
  isAtOnce: boolean,
): Response | Promise<Response> {
  const { head, notModifiedHead, body, size } = answer;
  if (head.status !== 200) return respondWhole(method, answer, sent, isAtOnce);
  const selection = selectContent(method, headers, answer);
  switch (selection.kind) {
    case "whole":
      return respondWhole(method, answer, sent, isAtOnce);
    case "not-modified":
      return new Response(null, notModifiedHead);
    case "precondition-failed":
      return new Response(null, { status: 412, headers: { "Cache-Control": "no-store" } });
    case "unsatisfiable":
      return new Response(null, {
        status: 416,
        headers: { "Content-Range": formatUnsatisfiedRange(size), "Cache-Control": "no-store" },
      });
    case "ranges": {
      const [range, ...others] = selection.ranges;
      for (const { first, last } of selection.ranges) sent.bytes += last + 1 - first;
      if (others.length > 0) {
        const multipart = formatMultipart(answer, selection.ranges);
        return new Response(multipart.body, {
          status: 206,
          headers: withAlso(head.headers, { "Content-Type": multipart.type }),
        });
      }
      const also = { "Content-Range": formatContentRange(range, size) };
      const partHead = { status: 206, headers: withAlso(head.headers, also) };
      return respondWith(body.slice(range.first, range.last + 1), partHead, isAtOnce || !isHot(size));
    }
    default:
      return selection satisfies never;
  }
}

/** HEAD is answered without a body to take the length from, so it is told. */
function respondWhole(
  method: string,
  { head, body, size }: Answer,
  sent: Sent,
  isAtOnce: boolean,
): Response | Promise<Response> {
  if (method !== "HEAD") {
    sent.bytes += size;
    return respondWith(body, head, isAtOnce || !isHot(size));
  }
  return new Response(null, { status: head.status, headers: withAlso(head.headers, { "Content-Length": `${size}` }) });
}

const respondWith = (body: Blob, head: Head, isGivenAsItIs: boolean): Response | Promise<Response> =>
  isGivenAsItIs || !isSentInPieces(body.size)
    ? new Response(body, head)
    : body.bytes().then((bytes) => new Response(inOnePiece(bytes), head));

function withAlso(headers: Headers, more: Record<string, string>): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return all;
}
