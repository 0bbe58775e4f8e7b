import { on } from "svelte/events";
import type { Api } from "#wire";
import { CHANGES_ADDRESS } from "./api.ts";
import { followStream } from "./event-stream.ts";

/** Called with each change; with undefined where some may have been missed. */
type Listener = (change: Api.Change | undefined) => void;

/**
 * What changes at the server, while the page is looked at: browsers give a host six connections over HTTP/1.1, so pages
 * in the background keep none.
 */
class Changes {
  readonly #listeners = new Set<Listener>();

  /** Follows as long as the component is there that is set up now. */
  follow(): void {
    $effect(() => {
      let stop: (() => void) | undefined;
      let isFirst = true;
      const turn = () => {
        stop?.();
        stop = undefined;
        if (document.visibilityState !== "visible") return;
        if (!isFirst) this.#tell(undefined);
        isFirst = false;
        stop = followStream({
          address: CHANGES_ADDRESS,
          on: {
            hello: () => {},
            change: (data) => this.#tell(JSON.parse(data) as Api.Change),
            reset: () => this.#tell(undefined),
          },
        });
      };
      turn();
      const ignore = on(document, "visibilitychange", turn);
      return () => {
        ignore();
        stop?.();
      };
    });
  }

  /** Calls `listener` as long as the component is there that is set up now. */
  listen(listener: Listener): void {
    $effect(() => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    });
  }

  #tell(change: Api.Change | undefined): void {
    for (const listener of this.#listeners) listener(change);
  }
}

export const changes = new Changes();
