import type { Ports } from "./edge-messages.ts";

/** What `sitepod serve` has started. */
export interface RunningServer {
  /** What to tell the person who started it. */
  readonly greeting: string;
  readonly ports: Ports;
  /** Where a predecessor has requests for the control plane answered; null where it needs nobody for that. */
  readonly controlSocket: string | null;
  /** Takes no new connections, and lets requests under way end for so long. */
  stop(drainMs: number): Promise<void>;
  readonly succession: {
    /** Lets go of what only one process may have, and serves on. Who asks the control plane waits. */
    letGo(): Promise<void>;
    /** Undoes that, where nobody has taken over. */
    takeBack(): Promise<void>;
    /** Drops what came from a document that whoever has taken over has changed. */
    forget(key: string): void;
    /** Has requests for the control plane answered at the socket of whoever has taken over, and stops. */
    retire(controlSocket: string | null, drainMs: number): Promise<void>;
  };
}
