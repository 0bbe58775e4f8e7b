/** What `sitepod serve` has started. */
export interface RunningServer {
  /** What to tell the person who started it. */
  readonly greeting: string;
  stop(drainMs: number): Promise<void>;
}
