import { changes } from "./changes.svelte.ts";
import type { Api } from "#wire";

/** Several changes that come together are one reason to load again. */
const GATHER_MS = 120;

/** Whether a change is one of a site. */
export const ofSite =
  (site: () => string) =>
  ({ project }: Api.Change): boolean =>
    project === site();

/** Whether a change is one of a site, whichever. */
export const ofAnySite = ({ project }: Api.Change): boolean => project !== null;

/** Whether there are new figures of traffic. The server does not tell of which site. */
export const ofTraffic = ({ action }: Api.Change): boolean => action === "traffic.count";

/** Whether a change is one of an account, and no site's. */
export const ofAccount = (change: Api.Change): boolean => change.project === null && !ofTraffic(change);

/**
 * Something loaded from the server, to be made while a component is set up. It loads again when a value that `load`
 * reads changes and when the server tells of a change that concerns it; the old value stays until the new one is there.
 */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>();
  readonly #load: () => Promise<T>;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(load: () => Promise<T>, concerns: (change: Api.Change) => boolean) {
    this.#load = load;
    $effect(() => void this.reload());
    changes.listen((change) => {
      if (change && !concerns(change)) return;
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.reload();
      }, GATHER_MS);
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  /** Resolves when the newest value, or the error, is shown. An answer that a later request overtook is dropped. */
  async reload(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#load();
      if (turn === this.#turn) [this.value, this.error] = [value, undefined];
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }
}
