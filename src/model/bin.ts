/** A deleted site can be restored for so long: it is in the bin. */
export const BIN_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/** Until when a site can be restored that was deleted at that time; both are ISO 8601. */
export const restorableUntil = (deletedAt: string): string =>
  new Date(Date.parse(deletedAt) + BIN_LIFE_MS).toISOString();
