import { randomUUID } from "node:crypto";
import { formatTrafficReport, REPORT_WAITS_MS, type SiteFigures, trafficReportKey } from "#model";
import type { Documents } from "#store";
import type { Log } from "./log.ts";
import { within } from "./within.ts";

export interface TrafficOptions {
  /** Seconds; 0: nothing is counted. */
  readonly everyS: number;
  /** Returns what edges have counted since they were asked last. */
  readonly take: () => Promise<readonly SiteFigures[]>;
  readonly documents: Pick<Documents, "create">;
  readonly log: Log;
}

interface Given {
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Writes down what edges count, so that the control plane can add it up, wherever it is. */
export interface TrafficKeeping {
  start(): void;
  /** Writes down what was counted up to now. What the store does not take is tried again the next time. */
  writeDown(): Promise<void>;
  /** Writes down the last of it. */
  stop(): Promise<void>;
}

/** What waits as long as the store takes nothing: so many reports, of so many characters together. The oldest are forgotten. */
const MAX_WAITING = 60;
const MAX_WAITING_LENGTH = 16 * 1024 * 1024;
const LAST_MS = 5000;

interface Waiting {
  readonly key: string;
  readonly text: string;
  /** Since when. Milliseconds since the epoch. */
  readonly sinceMs: number;
}

const GIVEN: Given = { newId: randomUUID, nowMs: Date.now };

export function keepTraffic(
  { everyS, take, documents, log }: TrafficOptions,
  { newId, nowMs }: Given = GIVEN,
): TrafficKeeping {
  const everyMs = everyS * 1000;
  const waiting: Waiting[] = [];
  let fromMs = nowMs();
  let writing: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let isFailing = false;
  let isLosing = false;
  let isStopped = false;

  async function write(): Promise<void> {
    const sites = await take();
    const toMs = nowMs();
    const countedMs = middleOf(fromMs, toMs);
    fromMs = toMs;
    for (const text of formatTrafficReport({ countedMs, sites })) {
      waiting.push({ key: trafficReportKey(newId()), text, sinceMs: toMs });
    }
    try {
      for (let report = waiting[0]; report; report = waiting[0]) {
        // One that is there is this one: it had arrived, and its answer was lost. Later it may have been added up and forgotten.
        if (nowMs() - report.sinceMs < REPORT_WAITS_MS) await documents.create(report.key, report.text);
        else tellLoss();
        waiting.shift();
      }
      isFailing = isLosing = false;
    } catch (error) {
      if (!isFailing) log("What sites were asked for could not be written down; it is tried again", error);
      isFailing = true;
    }
    while (waiting.length > MAX_WAITING || lengthOf(waiting) > MAX_WAITING_LENGTH) {
      waiting.shift();
      tellLoss();
    }
  }

  function tellLoss(): void {
    if (!isLosing) log("What sites were asked for waits too long to be written down: the oldest of it is lost");
    isLosing = true;
  }

  const writeDown = () => (writing = writing.then(write));

  /** At the turn of each minute, so that what is counted together belongs to one. */
  function schedule(): void {
    if (isStopped) return;
    timer = setTimeout(() => void writeDown().finally(schedule), everyMs - (nowMs() % everyMs)).unref();
  }

  return {
    start() {
      if (everyMs > 0) schedule();
    },
    writeDown,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await within(LAST_MS, writeDown());
    },
  };
}

const lengthOf = (reports: readonly Waiting[]): number => reports.reduce((sum, { text }) => sum + text.length, 0);

/** When it was that something was counted between two looks at a clock, which may have been set back meanwhile. */
const middleOf = (fromMs: number, toMs: number): number => Math.max(0, Math.floor(Math.min((fromMs + toMs) / 2, toMs)));
