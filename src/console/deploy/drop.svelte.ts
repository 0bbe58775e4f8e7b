import { on } from "svelte/events";
import { deployPath } from "../route.ts";
import { router } from "../router.svelte.ts";
import { type Folder, readDropped } from "./dropped-folder.ts";

/** A folder that is dragged over the window, and the one that was dropped, wherever in the console that is. */
class Drop {
  isOver = $state(false);
  /** What was dropped and nobody has taken yet. */
  folder = $state.raw<Promise<Folder>>();

  /** Listens as long as the component is there that is set up now. */
  listen(): void {
    $effect(() => on(window, "dragover", (event) => this.#drag(event)));
    $effect(() => on(window, "dragleave", (event) => void (event.relatedTarget === null && (this.isOver = false))));
    $effect(() => on(window, "drop", (event) => this.#drop(event)));
  }

  /** Returns what was dropped, once. */
  take(): Promise<Folder> | undefined {
    const { folder } = this;
    this.folder = undefined;
    return folder;
  }

  #drag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.isOver = true;
  }

  /** On a site's pages it is for that site, elsewhere for a new one. */
  #drop(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.isOver = false;
    this.folder = readDropped(event.dataTransfer);
    const { route } = router;
    if (route.page === "deploy" || route.page === "new") return;
    router.go("site" in route ? deployPath(route.site) : "/new");
  }
}

export const drop = new Drop();
