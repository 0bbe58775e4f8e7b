import { setPriority } from "node:os";
import type { Context } from "#control";
import type { BackupSchedule } from "./backup-options.ts";
import { ownCommand } from "./own-command.ts";
import { type StorageOptions, storageKeys, storageVariables } from "./storage-options.ts";
import { pinBackupVariables } from "./storage-place.ts";

/** What metrics tell of backups. */
export interface BackupState {
  /** Milliseconds since the epoch; undefined where there is none yet. */
  readonly lastGoodMs: number | undefined;
  readonly lastDurationMs: number | undefined;
  readonly failures: number;
}

export interface ScheduledBackups {
  state(): BackupState;
  start(): void;
  stop(): Promise<void>;
}

interface BackupTold {
  readonly id: string;
  readonly created_at: string;
  readonly sites: number;
  readonly releases: number;
  readonly blobs: number;
  readonly copied: number;
  readonly damaged: readonly string[];
  readonly unreadable?: readonly string[];
}

const TICK_MS = 60 * 1000;
/** What failed is tried again so soon. */
const RETRY_MS = 60 * 60 * 1000;
/** One that is told to stop has so long to let go of what it holds. */
const STOP_MS = 5000;
/** Of a process: the lowest. */
const LOW_PRIORITY = 19;

/**
 * Makes backups on a schedule, each by a process of its own: hashing and copying a database would hold up who serves.
 * The place itself tells when the last good one was made: by whichever server, where several share a database. One of
 * them at a time makes one (`unlessUnderWay`).
 */
export function createScheduledBackups(
  data: string,
  schedule: BackupSchedule,
  findStorage: () => StorageOptions,
  unlessUnderWay: (work: () => Promise<void>) => Promise<boolean>,
  log: Context["log"],
): ScheduledBackups {
  const { place, everyMs, keep, verify } = schedule;
  let running: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
  let working: Promise<void> | undefined;
  let isStopped = false;
  let dueMs = 0;
  let state: BackupState = { lastGoodMs: undefined, lastDurationMs: undefined, failures: 0 };

  /** Runs `sitepod server …`, and returns the JSON that it wrote. Throws with what it said where it failed. */
  async function run(args: readonly string[]): Promise<unknown> {
    const command = [...ownCommand(), "server", ...args, "--json"];
    // The contents may have been moved since the server was told where they are.
    const storage = findStorage();
    const variables = { ...pinBackupVariables(process.env), ...storageVariables(storage), ...storageKeys(storage) };
    running = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...variables } });
    try {
      setPriority(running.pid, LOW_PRIORITY);
    } catch {
      // Where that is not allowed it runs as everything else does.
    }
    const [text, said] = await Promise.all([new Response(running.stdout).text(), new Response(running.stderr).text()]);
    await running.exited;
    running = undefined;
    const answer = parseJson(text) as { readonly message?: string } | undefined;
    if (answer && answer.message === undefined) return answer;
    throw new Error(answer?.message ?? said.trim());
  }

  /** Returns when it was made. */
  async function backUp(): Promise<number> {
    const startedMs = Date.now();
    const options = ["--data", data, "--verify", verify, "--keep", String(keep)];
    const made = (await run(["backup", place, ...options])) as BackupTold;
    const lastDurationMs = Date.now() - startedMs;
    const lastGoodMs = Date.parse(made.created_at);
    state = { ...state, lastGoodMs, lastDurationMs };
    log(
      `Backup ${made.id} to ${place} is good: ${made.sites} sites, ${made.releases} releases, ${made.blobs} contents, ` +
        `${made.copied} of them new, in ${(lastDurationMs / 1000).toFixed(1)} s`,
    );
    if (made.damaged.length > 0) {
      const [unreadable] = made.unreadable ?? [];
      const one = unreadable === undefined ? "" : `. ${unreadable}`;
      log(`${made.damaged.length} contents are damaged here and not in that backup. Run sitepod server fsck${one}`);
    }
    return lastGoodMs;
  }

  async function findDue(): Promise<number> {
    const { backups } = (await run(["backups", place])) as { readonly backups: readonly BackupTold[] };
    const [newest] = backups;
    if (!newest) return Date.now();
    const lastGoodMs = Date.parse(newest.created_at);
    if (lastGoodMs !== state.lastGoodMs) log(`The last good backup in ${place} is ${newest.id}`);
    state = { ...state, lastGoodMs };
    return lastGoodMs + everyMs;
  }

  async function work(): Promise<void> {
    if (Date.now() < dueMs) return;
    // Another server may have made one. A place where nothing is yet cannot be listed: then a backup is due.
    dueMs = await findDue().catch(() => Date.now());
    if (isStopped || Date.now() < dueMs) return;
    try {
      dueMs = (await backUp()) + everyMs;
    } catch (error) {
      if (isStopped) return;
      dueMs = Date.now() + Math.min(RETRY_MS, everyMs);
      state = { ...state, failures: state.failures + 1 };
      const { lastGoodMs } = state;
      const last =
        lastGoodMs === undefined
          ? "There is no good one yet"
          : `The last good one is of ${new Date(lastGoodMs).toISOString()}`;
      log(`The backup to ${place} failed: ${(error as Error).message} ${last}`);
    }
  }

  async function takeTurn(): Promise<void> {
    try {
      await unlessUnderWay(work);
    } catch (error) {
      log("Whether a backup is due could not be found out", error);
    }
  }

  const tick = () => (working ??= takeTurn().finally(() => (working = undefined)));
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    state: () => state,
    start() {
      timer = setInterval(tick, Math.min(TICK_MS, everyMs));
      void tick();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      const last = running;
      last?.kill("SIGTERM");
      const timeout = setTimeout(() => last?.kill("SIGKILL"), STOP_MS);
      await working;
      clearTimeout(timeout);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
