import type { Readable, Writable } from "node:stream";

/** Everything the CLI touches outside itself. It is handed in, so a test needs no subprocess. */
export interface World {
  /** The program's version, as `--version` tells it. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** The user's home folder; absolute. */
  readonly home: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Collects what nothing refers to any more; where this is Node, it does so by itself. */
  readonly collect?: (() => void) | undefined;
  /** Told what is waited for, where that takes long enough for somebody to wonder. */
  readonly tellWait?: (text: string) => void;
  /** Runs the server, where this build has one: `sitepod serve …`. */
  readonly serve?: (args: readonly string[]) => Promise<number>;
}

export type Input = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
