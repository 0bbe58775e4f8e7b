/** One thing the user asked for: whether it is under way, and how it failed. */
export class Submission {
  busy = $state(false);
  error = $state.raw<unknown>();

  /** Runs `act` unless it already runs, and keeps what it throws. True where it succeeded. */
  async run(act: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      this.error = error;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
