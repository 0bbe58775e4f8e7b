/** What the control plane has done since it started, for its metrics. */
export interface Activity {
  /** Counts an answer of the API. `route` is a pattern, never a path: there are few. */
  countRequest(request: { readonly method: string; readonly route: string; readonly status: number }, ms: number): void;
  /** Counts a change, by its action in the audit log. */
  countEvent(action: string): void;
  cleanedUp(atMs: number): void;
  collected(atMs: number, left: { readonly blobs: number; readonly bytes: number }): void;
  figures(): ActivityFigures;
}

export interface ActivityFigures {
  readonly routes: readonly RouteFigures[];
  readonly events: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch; undefined: not since the start. */
  readonly cleanedUpMs: number | undefined;
  readonly garbage: CollectedFigures | undefined;
}

export interface CollectedFigures {
  readonly atMs: number;
  /** What the store held when it had ended; bytes as they are counted once, without compressed forms. */
  readonly blobs: number;
  readonly bytes: number;
}

export interface RouteFigures {
  readonly method: string;
  readonly route: string;
  /** How many answers had a status of that class: `2xx`. */
  readonly classes: ReadonlyMap<string, number>;
  /** How many took no longer than each of `DURATION_BOUNDS_S`. */
  readonly within: readonly number[];
  readonly totalSeconds: number;
}

/** From a read in memory to the commit of a large deploy. */
export const DURATION_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Told from the start, so that the first of each is seen as a change from 0. */
const FIRST_ACTIONS = ["release.create", "environment.release", "environment.rollback"];

export function createActivity(): Activity {
  const routes = new Map<string, { -readonly [K in keyof RouteFigures]: RouteFigures[K] }>();
  const events = new Map(FIRST_ACTIONS.map((action) => [action, 0]));
  let cleanedUpMs: number | undefined;
  let garbage: CollectedFigures | undefined;

  return {
    countRequest({ method, route, status }, ms) {
      const key = `${method} ${route}`;
      const before = routes.get(key);
      const statusClass = `${Math.floor(status / 100)}xx`;
      const seconds = ms / 1000;
      routes.set(key, {
        method,
        route,
        classes: new Map(before?.classes).set(statusClass, (before?.classes.get(statusClass) ?? 0) + 1),
        within: DURATION_BOUNDS_S.map((bound, i) => (before?.within[i] ?? 0) + (seconds <= bound ? 1 : 0)),
        totalSeconds: (before?.totalSeconds ?? 0) + seconds,
      });
    },
    countEvent: (action) => void events.set(action, (events.get(action) ?? 0) + 1),
    cleanedUp: (atMs) => void (cleanedUpMs = atMs),
    collected: (atMs, left) => void (garbage = { atMs, ...left }),
    figures: () => ({ routes: [...routes.values()], events, cleanedUpMs, garbage }),
  };
}
