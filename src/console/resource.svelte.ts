import { on } from "svelte/events";

/**
 * Something loaded from the server, to be made while a component is set up. It loads again when a value that `load`
 * reads changes and when the window is looked at again; the old value stays until the new one is there.
 */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>();
  readonly #load: () => Promise<T>;
  #turn = 0;

  constructor(load: () => Promise<T>) {
    this.#load = load;
    $effect(() => void this.reload());
    $effect(() => on(window, "focus", () => void this.reload()));
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
