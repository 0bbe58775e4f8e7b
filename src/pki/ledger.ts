import { EMPTY_LEDGER, type Ledger } from "./budget.ts";
import type { Documents } from "./ports.ts";

const KEY = "certs/ledger.json";

/** Changes the ledger that all edges share; `decide` may be asked again. Undefined from it: nothing changes. */
export async function updateLedger(
  documents: Documents,
  decide: (ledger: Ledger) => Ledger | undefined,
): Promise<void> {
  for (let done = false; !done;) {
    const text = await documents.read(KEY);
    const ledger = decide(text === undefined ? EMPTY_LEDGER : (JSON.parse(text) as Ledger));
    if (!ledger) return;
    const written = `${JSON.stringify(ledger)}\n`;
    done = text === undefined ? await documents.create(KEY, written) : await documents.replace(KEY, text, written);
  }
}
