import { on } from "svelte/events";
import { parseRoute } from "./route.ts";

/** Where the browser is. Reading it in a component makes the component follow. */
class Router {
  #url = $state.raw(new URL(window.location.href));
  readonly route = $derived(parseRoute(this.#url.pathname));
  readonly query = $derived(this.#url.searchParams);
  /** After the hash. */
  readonly fragment = $derived(this.#url.hash.slice(1));

  constructor() {
    on(window, "popstate", () => this.#read());
    on(document, "click", (event) => this.#followLink(event));
  }

  go(path: string): void {
    window.history.pushState(null, "", path);
    this.#read();
    window.scrollTo(0, 0);
  }

  /** Changes the address without a new entry in the browser's history. */
  replace(path: string): void {
    window.history.replaceState(null, "", path);
    this.#read();
  }

  #read(): void {
    this.#url = new URL(window.location.href);
  }

  /** A plain click on a link of the console changes the page here; every other click stays the browser's. */
  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target !== "" || link.origin !== window.location.origin) return;
    if (link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();
