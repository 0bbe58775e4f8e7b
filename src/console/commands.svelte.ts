import { on } from "svelte/events";
import { router } from "./router.svelte.ts";
import { WORKSPACE_PAGES } from "./workspace-pages.ts";

/** What one key leads to, after a `g`. */
const PLACES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(WORKSPACE_PAGES.map(({ key, path }) => [key, path])),
  u: "/account",
};
/** Two keys that come so soon after one another are one shortcut. */
const CHORD_MS = 1000;

/** The keys that work everywhere, as they are told. */
export const SHORTCUTS: readonly { readonly keys: string; readonly what: string }[] = [
  { keys: "Ctrl K", what: "Search and commands" },
  { keys: "/", what: "Search on the page" },
  { keys: "n", what: "New site" },
  ...WORKSPACE_PAGES.map(({ key, label }) => ({ keys: `g ${key}`, what: label })),
  { keys: "g u", what: "Account" },
];

/** Whether the palette is open, and the keys that do something wherever nobody is typing. */
class Commands {
  isOpen = $state(false);
  #goUntilMs = 0;

  open(): void {
    this.isOpen = true;
  }
  close(): void {
    this.isOpen = false;
  }

  /** Listens as long as the component is there that is set up now. */
  listen(): void {
    $effect(() => on(window, "keydown", (event) => this.#press(event)));
  }

  #press(event: KeyboardEvent): void {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      this.isOpen = !this.isOpen;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog")) {
      return;
    }
    const isSecond = event.timeStamp < this.#goUntilMs;
    this.#goUntilMs = 0;
    if (isSecond && PLACES[event.key] !== undefined) router.go(PLACES[event.key]!);
    else if (event.key === "g") this.#goUntilMs = event.timeStamp + CHORD_MS;
    else if (event.key === "n") router.go("/new");
    else if (event.key === "/") focusSearch(event);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function focusSearch(event: KeyboardEvent): void {
  const box = document.querySelector<HTMLInputElement>("input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
}

export const commands = new Commands();
