/** What was asked of certificate authorities lately. Times are milliseconds since the epoch, oldest first. */
export interface Ledger {
  readonly orders: readonly number[];
  /** Certificates for names that had none: renewals do not count against the weekly limit. */
  readonly issued: readonly { readonly atMs: number; readonly domain: string }[];
}

export const EMPTY_LEDGER: Ledger = { orders: [], issued: [] };

const HOUR_MS = 60 * 60 * 1000;
/** Let's Encrypt's limits (300 orders an account, 50 certificates a registered domain), and room for other software. */
const ORDERS = { most: 270, windowMs: 3 * HOUR_MS };
const ISSUED = { most: 45, windowMs: 7 * 24 * HOUR_MS };

/** When the next order for `name` fits the limits: `nowMs`, or later. */
export function nextOrderMs(ledger: Ledger, name: string, isRenewal: boolean, nowMs: number): number {
  const domain = registeredDomain(name);
  const issued = ledger.issued.filter((entry) => entry.domain === domain).map(({ atMs }) => atMs);
  return Math.max(nowMs, freeFromMs(ledger.orders, ORDERS), isRenewal ? nowMs : freeFromMs(issued, ISSUED));
}

/** Notes an order, and forgets what no limit counts any more. */
export function noteOrder(ledger: Ledger, nowMs: number): Ledger {
  return {
    orders: [...ledger.orders, nowMs].filter((atMs) => atMs > nowMs - ORDERS.windowMs),
    issued: ledger.issued.filter(({ atMs }) => atMs > nowMs - ISSUED.windowMs),
  };
}

/** Notes a certificate for a name that had none. */
export const noteIssued = (ledger: Ledger, name: string, nowMs: number): Ledger => ({
  ...ledger,
  issued: [...ledger.issued, { atMs: nowMs, domain: registeredDomain(name) }],
});

/** When fewer than `most` of `times` lie within the window. */
function freeFromMs(times: readonly number[], { most, windowMs }: { most: number; windowMs: number }): number {
  return (times.at(-most) ?? Number.NEGATIVE_INFINITY) + windowMs;
}

/**
 * The part of a name that is registered, near enough for counting: the last two labels, three where they are short as in
 * `co.uk`. A wrong guess costs an order that the authority refuses, and that is tried again later.
 */
export function registeredDomain(name: string): string {
  const labels = name.split(".");
  const [second = "", last = ""] = labels.slice(-2);
  return labels.slice(last.length === 2 && second.length <= 3 ? -3 : -2).join(".");
}
