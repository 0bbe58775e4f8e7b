/** How far behind the clock may be. */
const STEP_MS = 20;

/**
 * Returns a clock in milliseconds since the epoch that is cheap to ask for each of a hundred thousand requests a second: it
 * looks at the system's clock now and then while it is asked, and sleeps otherwise.
 */
export function createCoarseClock(): () => number {
  let now = 0;
  let isAsked = false;
  let timer: Timer | undefined;

  function look(): void {
    now = Date.now();
    if (isAsked) {
      isAsked = false;
      return;
    }
    clearInterval(timer);
    timer = undefined;
  }

  return () => {
    isAsked = true;
    if (timer === undefined) {
      now = Date.now();
      timer = setInterval(look, STEP_MS);
      timer.unref();
    }
    return now;
  };
}
