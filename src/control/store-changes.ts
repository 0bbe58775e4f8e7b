import { accessChange } from "./access/protect.ts";
import { siteImport } from "./archive/site-import.ts";
import type { StoreChange, StoreChanges } from "./context.ts";
import { siteDeletion } from "./release/delete-site.ts";
import { pointerMove } from "./release/pointer-move.ts";
import { previewCreation, previewRemoval } from "./release/previews.ts";
import { releaseCreation } from "./release/release-creation.ts";
import { siteRestoring } from "./release/restore-site.ts";
import { siteCreation } from "./release/sites.ts";
import { cleaningByHand, collectionByHand } from "./retention/by-hand.ts";
import { retentionChange } from "./retention/site-retention.ts";

const ALL: readonly StoreChange<never, never>[] = [
  siteCreation,
  siteDeletion,
  siteRestoring,
  siteImport,
  releaseCreation,
  pointerMove,
  previewCreation,
  previewRemoval,
  accessChange,
  retentionChange,
  collectionByHand,
  cleaningByHand,
];

/** All changes of the store that are recorded in the database: what was cut off of one is settled by its kind. */
export const STORE_CHANGES: StoreChanges = new Map(ALL.map((change) => [change.kind, change]));
