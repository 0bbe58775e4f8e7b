import { control, starts } from "./connection-cases.ts";
import { compression, fields, sizes } from "./field-cases.ts";
import type { Http2Topic } from "./requests.ts";
import { messages, streams } from "./stream-cases.ts";
import { authorities, bodies, pseudoHeaders } from "./target-cases.ts";

/** All that is said of what no well-behaved client sends over HTTP/2. docs/http-boundary.md lists the same. */
export const HTTP2_TOPICS: readonly Http2Topic[] = [
  starts,
  control,
  streams,
  messages,
  fields,
  sizes,
  compression,
  pseudoHeaders,
  authorities,
  bodies,
];
