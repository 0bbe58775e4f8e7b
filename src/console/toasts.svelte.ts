const SHOWN_MS = 6_000;

export interface Toast {
  id: number;
  text: string;
}

/** Short news of what has just been done. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #lastId = 0;

  show(text: string): void {
    const toast = { id: ++this.#lastId, text };
    this.list = [...this.list, toast];
    setTimeout(() => this.dismiss(toast.id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
