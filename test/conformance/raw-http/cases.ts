import { chunks, encodings, lengths } from "./body-cases.ts";
import { hosts } from "./host-cases.ts";
import type { RawTopic } from "./requests.ts";
import { headers, lines, sequences } from "./syntax-cases.ts";
import { targets } from "./target-cases.ts";

/** All that is said of requests which no well-behaved client sends. docs/http-boundary.md lists the same. */
export const TOPICS: readonly RawTopic[] = [hosts, targets, lengths, encodings, chunks, headers, lines, sequences];
