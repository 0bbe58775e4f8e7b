import { type Context, Failure } from "#cli";
import type { ShowProgress } from "#upkeep";

/** Shows how far a command is, and ends its work where it is interrupted. */
export const progressOf =
  ({ world, report }: Context): ShowProgress =>
  (progress) => {
    if (world.signal.aborted) throw new Failure("interrupted", "Interrupted.");
    report.progress(progress);
  };
