import type { InspectedStore } from "#store";
import { BlobStates } from "./blob-states.ts";
import { checkStore, type Checked } from "./check-store.ts";
import type { Damage, ShowProgress } from "./damage.ts";
import type { ListKnown } from "./document-states.ts";
import { type Outcome, repair, type RepairTools } from "./repair.ts";

/** What was repaired may name what has not been looked at: it is checked again, so often at most. */
const MAX_ROUNDS = 10;

export interface Repaired {
  readonly damage: Damage;
  readonly outcome: Outcome;
}

export interface FsckResult {
  readonly checked: Checked;
  readonly repaired: readonly Repaired[];
  /** What is damaged still. */
  readonly left: readonly Damage[];
}

/** Checks a store, and with `tools` repairs what can be. `listKnown` lists what must be there for the database. */
export async function fsck(
  store: InspectedStore,
  show: ShowProgress,
  tools?: RepairTools,
  listKnown?: ListKnown,
): Promise<FsckResult> {
  const states = new BlobStates(store.blobs);
  const checked = await checkStore(store, show, states, listKnown);
  if (!tools) return { checked, repaired: [], left: checked.damage };
  const repaired = new Map<string, Repaired>();
  let { damage: left } = checked;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const due = left.filter(({ key }) => !repaired.has(key));
    if (due.length === 0) break;
    for (const damage of due) {
      repaired.set(damage.key, { damage, outcome: await repair(tools, damage) });
      if (damage.kind === "blob") states.forget(damage.digest!);
    }
    left = (await checkStore(store, show, states, listKnown)).damage;
  }
  return { checked, repaired: [...repaired.values()], left };
}
