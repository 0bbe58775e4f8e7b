import { api } from "./api.ts";
import { sitePath } from "./route.ts";
import { router } from "./router.svelte.ts";
import { toasts } from "./toasts.svelte.ts";

/** Takes a site out of the bin, tells what the server says of it, and shows it. */
export async function restoreSite({ id, name }: { readonly id: string; readonly name: string }): Promise<void> {
  const { message } = await api.restoreSite(id);
  toasts.show(message);
  router.go(sitePath(name));
}
