const SHOWN_MS = 6_000;
/** There must be time to see that it can be undone. */
const SHOWN_WITH_ACTION_MS = 12_000;

/** What can be done about what a toast tells: to undo it. */
export interface ToastAction {
  label: string;
  run: () => Promise<void>;
}

export interface Toast {
  id: number;
  text: string;
  action?: ToastAction | undefined;
}

/** Short news of what has just been done. */
class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #lastId = 0;

  show(text: string, action?: ToastAction): void {
    const toast = { id: ++this.#lastId, text, action };
    this.list = [...this.list, toast];
    setTimeout(() => this.dismiss(toast.id), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Does what a toast offers, once, and tells of it where it fails. */
  async act({ id, action }: Toast): Promise<void> {
    this.dismiss(id);
    await action?.run().catch((error: unknown) => this.show(error instanceof Error ? error.message : String(error)));
  }
}

export const toasts = new Toasts();
