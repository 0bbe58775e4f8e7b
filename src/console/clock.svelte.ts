const TICK_MS = 15_000;

class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      this.now = Date.now();
    }, TICK_MS);
  }
}

/** The time, in milliseconds since 1970, for texts such as "4 min ago" that grow old on the screen. */
export const clock = new Clock();
