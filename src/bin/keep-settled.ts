import type { Context } from "#control";
import type { Store } from "#store";

/** Long enough that a deploy is over before its files are made. */
const EVERY_MS = 10_000;

/** Lets the store do now and then what commits put off. Returns how to end it. */
export function keepSettled(store: Pick<Store, "settle">, log: Context["log"]): () => void {
  let isBusy = false;
  const timer = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    await store.settle?.().catch((error: unknown) => log("Contents could not be given files of their own yet", error));
    isBusy = false;
  }, EVERY_MS);
  return () => clearInterval(timer);
}
