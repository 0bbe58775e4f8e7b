import { blobKey, type Digest, SitepodError } from "#model";
import { inParallel, type InspectedStore } from "#store";
import type { ShowProgress } from "./damage.ts";
import { hashBody } from "./stored-bytes.ts";
import { problemOfReading } from "./unreadable.ts";

/** How a blob was found: whole, with another content, as what the machine does not let be read, or not at all. */
export type BlobState =
  | { readonly kind: "whole"; readonly size: number }
  | { readonly kind: "damaged" | "missing" }
  | { readonly kind: "unreadable"; readonly problem: string };

const BLOBS_AT_ONCE = 16;

/** What is known of the blobs of a store. Each is read once: one that is whole does not change. */
export class BlobStates {
  readonly #blobs: InspectedStore["blobs"];
  readonly #states = new Map<Digest, BlobState>();

  constructor(blobs: InspectedStore["blobs"]) {
    this.#blobs = blobs;
  }

  /** Reads every blob there is. */
  async readAll(show: ShowProgress): Promise<void> {
    const listed = await Array.fromAsync(this.#blobs.list());
    const allBytes = listed.reduce((total, { size }) => total + size, 0);
    let [files, bytes] = [0, 0];
    await inParallel(listed, BLOBS_AT_ONCE, async ({ digest, size }) => {
      await this.find(digest);
      files++;
      bytes += size;
      show({ label: "Reading blobs", files, allFiles: listed.length, bytes, allBytes });
    });
  }

  /** Tells how a blob is; reads one that is not known to be whole, which may have come since. */
  async find(digest: Digest): Promise<BlobState> {
    const known = this.#states.get(digest);
    if (known && known.kind !== "missing") return known;
    const state = await this.#read(digest);
    this.#states.set(digest, state);
    return state;
  }

  /** Forgets how a blob was: it has been repaired. */
  forget(digest: Digest): void {
    this.#states.delete(digest);
  }

  /** Those that were read and still are in the store, as far as is known. */
  *damaged(): Generator<readonly [Digest, Exclude<BlobState, { kind: "whole" }>]> {
    for (const [digest, state] of this.#states) {
      if (state.kind === "damaged" || state.kind === "unreadable") yield [digest, state];
    }
  }

  get summary(): { readonly blobs: number; readonly bytes: number } {
    let [blobs, bytes] = [0, 0];
    for (const state of this.#states.values()) {
      if (state.kind !== "missing") blobs++;
      if (state.kind === "whole") bytes += state.size;
    }
    return { blobs, bytes };
  }

  async #read(digest: Digest): Promise<BlobState> {
    try {
      const stored = await this.#blobs.read(digest);
      const hashed = stored && (await hashBody(stored.body).catch(goneAsUndefined));
      if (!hashed) return { kind: "missing" };
      return hashed.digest === digest ? { kind: "whole", size: hashed.size } : { kind: "damaged" };
    } catch (error) {
      const problem = problemOfReading(error, blobKey(digest));
      if (problem === undefined) throw error;
      return { kind: "unreadable", problem };
    }
  }
}

/** Garbage collection takes what nothing names, also while it is being read. */
function goneAsUndefined(error: unknown): undefined {
  if (error instanceof SitepodError && error.code === "not_found") return undefined;
  throw error;
}
