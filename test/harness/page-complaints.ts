import type { Page } from "playwright-core";

interface Watch {
  /** Takes what a console says in error as well, such as each answer that is not 2xx. */
  readonly takesErrors: boolean;
}

/**
 * Keeps what goes wrong in a page from now on, with the page's address: what its scripts throw, what its content security
 * policy forbids, and the dialogs that only a script of somebody else would open.
 */
export function watchForComplaints(page: Page, complaints: string[], { takesErrors }: Watch): void {
  const complain = (text: string) => complaints.push(`${page.url()}: ${text}`);
  page.on("pageerror", (error) => complain(error.message));
  page.on("dialog", (dialog) => {
    complain(`a script ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    const isPolicy = message.text().includes("Content Security Policy");
    if (isPolicy || (takesErrors && message.type() === "error"))
      complain(`${message.text()} ${message.location().url}`);
  });
}
