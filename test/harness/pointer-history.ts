import { join } from "node:path";
import type { Model, Operation } from "./linearizability.ts";

/** One call about an environment's pointer, with what its answer said; without answer, only what was asked. */
export interface PointerCall {
  readonly kind: "read" | "release" | "rollback";
  /** The release it is to be moved to. */
  readonly to?: string;
  /** The pointer's version that it must have. */
  readonly expected?: number;
  /** The pointer's version after the move, or when it was read. */
  readonly pointer?: number;
  /** The release that was served before the move. */
  readonly from?: string | null;
  /** The release that was read. */
  readonly at?: string;
  /** It was told that the pointer had moved. */
  readonly isRefused?: boolean;
}

/** Times in milliseconds since the epoch; null where no answer came. */
export interface SeenCall {
  readonly call: PointerCall;
  readonly invoked: number;
  readonly returned: number | null;
}

/** What a process of `pointer-process.ts` is told, as its only argument. */
export interface PointerOrders {
  /** Control planes, asked in turn. */
  readonly endpoints: readonly string[];
  readonly token: string;
  readonly site: string;
  /** Releases that the pointer may be moved to. */
  readonly versions: readonly string[];
  readonly seed: number;
  readonly operations: number;
}

interface Pointer {
  readonly version: number;
  readonly release: string;
}

/** What a pointer promises: each move follows the one before, and what is read is where it is. */
export const pointerModel = (initial: Pointer): Model<Pointer, PointerCall> => ({
  initial,
  nameOf: ({ version, release }) => `${version} ${release}`,
  apply(state, call) {
    const isThere = call.pointer === undefined || call.pointer === state.version;
    if (call.kind === "read") return isThere && (call.at ?? state.release) === state.release ? state : undefined;
    const isExpected = (call.expected ?? state.version) === state.version;
    if (call.isRefused) return isExpected ? undefined : state;
    const next = { version: state.version + 1, release: call.to ?? "" };
    const isNext = (call.pointer ?? next.version) === next.version && (call.from ?? state.release) === state.release;
    if (isExpected && isNext) return next;
    return undefined;
  },
});

/** Runs a client in a process of its own, until `end` at most. Returns what it saw. Throws with what it printed where it failed. */
export async function runPointerClient(orders: PointerOrders, end: AbortSignal): Promise<Operation<PointerCall>[]> {
  const command = [process.execPath, join(import.meta.dir, "pointer-process.ts"), JSON.stringify(orders)];
  const client = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"], signal: end });
  const [lines, faults] = await Promise.all([new Response(client.stdout).text(), new Response(client.stderr).text()]);
  if ((await client.exited) !== 0) throw new Error(faults);
  const seen = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as SeenCall);
  return seen.map(({ call, invoked, returned }) => ({ call, invoked, returned: returned ?? Infinity }));
}
