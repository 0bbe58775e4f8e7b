type Listener = (key: string) => void;

/** Tells listeners which document changed. */
export class Changes {
  readonly #listeners = new Set<Listener>();

  notify(key: string): void {
    for (const listener of this.#listeners) listener(key);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
