import { formatUnsatisfiedRange, formatContentRange, selectContent } from "#routing";
import type { Answer } from "./answer.ts";
import { formatMultipart } from "./multipart.ts";
import type { Sent } from "./site-traffic.ts";

/** Sends of a file what the request's conditions and ranges ask for, and counts it. */
export function respond(method: string, headers: Headers, answer: Answer, sent: Sent): Response {
  const { head, notModifiedHead, body, size } = answer;
  if (head.status !== 200) return respondWhole(method, answer, sent);
  const selection = selectContent(method, headers, answer);
  switch (selection.kind) {
    case "whole":
      return respondWhole(method, answer, sent);
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
      return new Response(body.slice(range.first, range.last + 1), {
        status: 206,
        headers: withAlso(head.headers, { "Content-Range": formatContentRange(range, size) }),
      });
    }
    default:
      return selection satisfies never;
  }
}

/** HEAD is answered without a body to take the length from, so it is told. */
function respondWhole(method: string, { head, body, size }: Answer, sent: Sent): Response {
  if (method !== "HEAD") {
    sent.bytes += size;
    return new Response(body, head);
  }
  return new Response(null, { status: head.status, headers: withAlso(head.headers, { "Content-Length": `${size}` }) });
}

function withAlso(headers: Headers, more: Record<string, string>): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return all;
}
