import { clearAttempts, noteFailure, postpone, readAttempts } from "./attempts.ts";
import type { Authority, Issue } from "./acme.ts";
import { nextOrderMs, noteIssued, noteOrder } from "./budget.ts";
import { type Certificate, certificateKey, formatCertificate } from "./certificate.ts";
import { withLease } from "./lease.ts";
import { updateLedger } from "./ledger.ts";
import { overwrite, type Documents } from "./ports.ts";
import { renewalMs } from "./renewal.ts";
import { createShelf } from "./shelf.ts";
import type { Wanted } from "./wanted.ts";

export interface KeeperOptions {
  readonly documents: Documents;
  /** In the order in which they are asked: the next only where the one before did not give the certificate. */
  readonly authorities: readonly Authority[];
  readonly issue: Issue;
  readonly listWanted: () => Promise<readonly Wanted[]>;
  /** Called with all certificates after some of them changed. */
  readonly onChange: (certificates: readonly Certificate[]) => void;
  /** Names this edge among all that share the store. */
  readonly owner: string;
  readonly nowMs: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly log: (message: string, cause?: unknown) => void;
}

export interface Keeper {
  /** Reads the certificates that are stored. */
  load(): Promise<readonly Certificate[]>;
  /** Reads what others stored, and orders what is missing or due. Called again meanwhile, it begins anew at the end. */
  run(): Promise<void>;
  /** Begins no order any more, until it is run again. Returns when the one under way has ended, which is for whoever issues to bring about. */
  stop(): Promise<void>;
}

/** Keeps the certificates of what is routed: orders, renews, and shares them with the other edges by the store. */
export function createKeeper(options: KeeperOptions): Keeper {
  const { documents, authorities, issue, onChange, nowMs, log } = options;
  const shelf = createShelf(documents, log);
  let running: Promise<void> | undefined;
  let isAsked = false;
  let isStopped = false;

  async function run(): Promise<void> {
    const wanted = await options.listWanted();
    if (await refresh()) onChange(shelf.all());
    // What has no certificate at all goes before what has one that still serves.
    for (const one of wanted.toSorted((a, b) => Number(!isMissing(a)) - Number(!isMissing(b)))) {
      if (isStopped) return;
      if (isDue(one)) await ensure(one);
    }
    // What is not renewed must go before it expires: a wildcard may cover its name by now.
    if (await shelf.removeUnwanted(documents, new Set(wanted.map(nameOf)), isOld)) onChange(shelf.all());
  }

  const isOld = (certificate: Certificate): boolean => renewalMs(certificate) <= nowMs();
  const refresh = (): Promise<boolean> => shelf.refresh(isOld);

  const isMissing = (wanted: Wanted): boolean => shelf.find(nameOf(wanted)) === undefined;

  function isDue(wanted: Wanted): boolean {
    const certificate = shelf.find(nameOf(wanted));
    if (!certificate || isOld(certificate)) return true;
    return !wanted.names.every((name) => certificate.names.includes(name));
  }

  async function ensure(wanted: Wanted): Promise<void> {
    const name = nameOf(wanted);
    if ((await readAttempts(documents, name)).nextMs > nowMs()) return;
    await withLease(options, name, async () => {
      // Another edge may have ordered, or failed, while this one was on its way.
      if (await shelf.read(name)) onChange(shelf.all());
      if (!isDue(wanted) || (await readAttempts(documents, name)).nextMs > nowMs()) return;
      if (await takeFromBudget(name)) await order(wanted);
    });
  }

  async function takeFromBudget(name: string): Promise<boolean> {
    let nextMs = 0;
    await updateLedger(documents, (ledger) => {
      nextMs = nextOrderMs(ledger, name, shelf.find(name) !== undefined, nowMs());
      return nextMs <= nowMs() ? noteOrder(ledger, nowMs()) : undefined;
    });
    if (nextMs <= nowMs()) return true;
    await postpone(documents, name, nextMs);
    log(`${name} waits until ${formatTime(nextMs)}: another order now would go beyond the authority's limits`);
    return false;
  }

  async function order(wanted: Wanted): Promise<void> {
    const name = nameOf(wanted);
    const certificate = await issueByAny(wanted);
    // That a server stops is no failure, and nobody need wait for it.
    if (!certificate && isStopped) return;
    if (!certificate) {
      const { nextMs } = await noteFailure(documents, name, nowMs(), options.random());
      const until = shelf.find(name) ? "The one it has serves on" : "Until then a self-signed one answers";
      log(`${name} is tried again at ${formatTime(nextMs)}. ${until}`);
      return;
    }
    const isNew = isMissing(wanted);
    await overwrite(documents, certificateKey("issued", name), formatCertificate(certificate));
    await clearAttempts(documents, name);
    if (isNew) await updateLedger(documents, (ledger) => noteIssued(ledger, name, nowMs()));
    shelf.put(certificate);
    log(`${wanted.names.join(", ")}: certificate until ${formatTime(certificate.notAfterMs)}`);
    onChange(shelf.all());
  }

  async function issueByAny(wanted: Wanted): Promise<Certificate | undefined> {
    for (const authority of authorities) {
      if (isStopped) return undefined;
      try {
        return await issue(authority, wanted);
      } catch (error) {
        if (isStopped) return undefined;
        const reason = error instanceof Error ? error.message : String(error);
        log(`${authority.directory} gave no certificate for ${nameOf(wanted)}: ${reason}`);
      }
    }
    return undefined;
  }

  /** Runs until nobody has asked again meanwhile: what was added since would wait for its turn otherwise. */
  async function runAll(): Promise<void> {
    try {
      while (isAsked) {
        isAsked = false;
        await run();
      }
    } finally {
      running = undefined;
    }
  }

  return {
    async load() {
      await refresh();
      return shelf.all();
    },
    run() {
      isStopped = false;
      isAsked = true;
      return (running ??= runAll());
    },
    async stop() {
      isStopped = true;
      await running?.catch(() => {});
    },
  };
}

const formatTime = (ms: number): string => new Date(ms).toISOString();

const nameOf = ({ names }: Wanted): string => names[0]!;
