import { rename } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDurable } from "./durable-files.ts";

export interface Placed {
  /** Where the file was written aside, not yet synced. */
  readonly written: string;
  readonly path: string;
}

interface Waiting extends Placed {
  readonly settle: PromiseWithResolvers<void>;
}

/** Gives files their names, durably. Those that come while others are being synced are synced together. */
export class DurablePlacement {
  #waiting: Waiting[] = [];
  #isWorking = false;

  /** Resolves when the file is on the disk under its name, in the place of what was there. */
  async run(file: Placed): Promise<void> {
    const settle = Promise.withResolvers<void>();
    this.#waiting.push({ ...file, settle });
    if (!this.#isWorking) void this.#work();
    await settle.promise;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await placeAll(batch);
        for (const { settle } of batch) settle.resolve();
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
    }
    this.#isWorking = false;
  }
}

async function placeAll(files: readonly Placed[]): Promise<void> {
  await makeDurable(files.map(({ written }) => written));
  await Promise.all(files.map(({ written, path }) => rename(written, path)));
  await makeDurable([...new Set(files.map(({ path }) => dirname(path)))]);
}
