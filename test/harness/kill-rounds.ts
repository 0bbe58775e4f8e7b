import { type Random, randomFrom } from "./random.ts";

/** How often servers and commands are killed in one run of all tests, by what they are doing and where contents are. */
export const KILLS = {
  deploys: { disk: 126, bucket: 20 },
  clients: { disk: 36, bucket: 14 },
  renames: { disk: 10 },
  garbage: { disk: 26 },
  backups: { disk: 30, bucket: 8 },
  moves: { both: 30 },
} as const;

const ALL = 300;

/** The share of one kind: more or fewer where SITEPOD_CRASH_ROUNDS asks for another number of all. */
export const killRounds = (share: number): number =>
  Math.ceil((share * Number(process.env.SITEPOD_CRASH_ROUNDS ?? ALL)) / ALL);

/** Chooses when to kill, and tells how to choose so again. */
export function killRandom(): Random {
  const random = randomFrom(Number(process.env.SITEPOD_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 32)));
  process.stdout.write(`repeat these kills by SITEPOD_CRASH_SEED=${random.seed}\n`);
  return random;
}

/** Counts what was under way when something was killed. */
export interface KillTally {
  add(steps: Iterable<string>): void;
  /** The steps that were hit fewer than so many times. */
  missed(steps: readonly string[], times: number): string[];
}

export function killTally(): KillTally {
  const counts = new Map<string, number>();
  return {
    add(steps) {
      for (const step of new Set(steps)) counts.set(step, (counts.get(step) ?? 0) + 1);
    },
    missed(steps, times) {
      process.stdout.write(`killed in ${[...counts].map(([step, count]) => `${step} ${count}`).join(", ")}\n`);
      return steps.filter((step) => (counts.get(step) ?? 0) < times);
    },
  };
}
