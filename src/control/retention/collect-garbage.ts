import { formatVersion, SitepodError, survives } from "#model";
import { findLeases, type StoredBlob } from "#store";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import { absolve, condemn } from "./condemned-blobs.ts";
import { FIRST_PLACE, GarbageRun } from "./garbage-run.ts";
import { NamedContents } from "./named-contents.ts";
import { listOldReleases, removeOldReleases } from "./old-releases.ts";
import { removeBlob } from "./remove-blob.ts";

/** So many blobs are removed side by side; then the deploys that wait go on. */
const BLOBS_AT_ONCE = 64;
/** Collections take turns. */
const GARBAGE_TURN = "garbage";

/**
 * Removes the releases that sites do not keep, then the blobs that no ref, survivor, preview, release or upload under way
 * names. Where any of those cannot be read, no blob is removed. Deploys wait for a few blobs at a time only: those that
 * began in between have their say. What is cut off goes on where it was: blobs are gone through in a circle. Throws
 * SitepodError `conflict` where somebody relies on all that is there now, such as a backup; one that begins meanwhile ends
 * the removing.
 */
export async function collectGarbage(context: Context): Promise<Api.Collected> {
  return await context.inTurn(GARBAGE_TURN, async () => {
    await requireNoLease(context);
    const run = await GarbageRun.begin(context);
    const errors: string[] = [];
    try {
      const releases = await removeOldReleases(context, errors, async (removed_releases) => {
        run.count({ removed_releases });
        await run.tell();
      });
      await run.enter("names");
      const named = new NamedContents(context);
      await named.readAll(() => run.tell());
      run.count({ referenced_blobs: named.size });
      await run.enter("contents");
      const { isWhole, ...left } = await new Sweep(context, run, named, errors).removeAll();
      await run.end(isWhole, errors[0]);
      if (errors.length === 0) context.activity.collected(context.nowMs(), left);
      return { ...run.figures, releases, dry_run: false, errors };
    } catch (error) {
      const fault = error instanceof SitepodError ? error.message : "It failed: see the server's log.";
      await run.end(false, fault).catch(() => {});
      throw error;
    }
  });
}

/** Tells what a collection would do now. Changes nothing, and holds up nobody. */
export async function planCollection(context: Context): Promise<Api.Collected> {
  const errors: string[] = [];
  const releases = await listOldReleases(context, errors);
  const labels = await labelsOf(context);
  const going = new Set(
    releases.flatMap(({ project, versions }) => versions.map((version) => `${labels.get(project)} ${version}`)),
  );
  const named = new NamedContents(context);
  await named.readAll(undefined, {
    release: (label, version) => going.has(`${label} ${formatVersion(version)}`),
    survivor: (survivor) => !survives(survivor, context.nowMs()),
  });
  const unnamed: StoredBlob[] = [];
  let total = 0;
  for await (const blob of context.store.blobs.list()) {
    total++;
    if (!named.has(blob.digest)) unnamed.push(blob);
  }
  await named.readUploads();
  const garbage = unnamed.filter(({ digest }) => !named.has(digest));
  return {
    removed_releases: going.size,
    referenced_blobs: named.size,
    total_blobs: total,
    deleted_blobs: garbage.length,
    freed_bytes: garbage.reduce((sum, { size }) => sum + size, 0),
    releases,
    dry_run: true,
    errors,
  };
}

async function labelsOf({ db }: Context): Promise<Map<string, string>> {
  const sites = await db.query.selectFrom("sites").select(["name", "label"]).execute();
  return new Map(sites.map(({ name, label }) => [name, label]));
}

const findHolder = async (context: Context) => (await findLeases(context.store.documents, context))[0]?.purpose;

async function requireNoLease(context: Context): Promise<void> {
  const holder = await findHolder(context);
  if (holder === undefined) return;
  throw new SitepodError(
    "conflict",
    `A ${holder} is under way, which holds all contents. Try again when it has ended.`,
  );
}

interface Swept {
  /** Whether all blobs were gone through. */
  readonly isWhole: boolean;
  /** What there is afterwards. */
  readonly blobs: number;
  readonly bytes: number;
}

/** Goes through all blobs once, from where the collection before was cut off, and removes what nothing names. */
class Sweep {
  readonly #context: Context;
  readonly #run: GarbageRun;
  readonly #named: NamedContents;
  readonly #errors: string[];
  #totalBytes = 0;
  #unnamed: StoredBlob[] = [];

  constructor(context: Context, run: GarbageRun, named: NamedContents, errors: string[]) {
    this.#context = context;
    this.#run = run;
    this.#named = named;
    this.#errors = errors;
  }

  async removeAll(): Promise<Swept> {
    const { first } = this.#run;
    for (const range of first === FIRST_PLACE ? [{}] : [{ from: first }, { before: first }]) {
      for await (const blob of this.#context.store.blobs.list(range)) {
        this.#totalBytes += blob.size;
        this.#run.count({ total_blobs: 1 });
        if (!this.#named.has(blob.digest)) this.#unnamed.push(blob);
        if (this.#unnamed.length >= BLOBS_AT_ONCE && !(await this.#removeSome())) return this.#left(false);
        // What was put off is of this place, or of one before it.
        await this.#run.tell((this.#unnamed[0] ?? blob).digest.slice(0, 2));
      }
    }
    return this.#left(this.#unnamed.length === 0 || (await this.#removeSome()));
  }

  #left(isWhole: boolean): Swept {
    const { total_blobs, deleted_blobs, freed_bytes } = this.#run.figures;
    return { isWhole, blobs: total_blobs - deleted_blobs, bytes: this.#totalBytes - freed_bytes };
  }

  /** Returns false where nothing more may be removed now. */
  async #removeSome(): Promise<boolean> {
    const blobs = this.#unnamed;
    this.#unnamed = [];
    // Alone: no deploy can be told "you have this already" while it is being removed.
    return await this.#context.contentGate.alone(async () => {
      const began = await findHolder(this.#context);
      if (began !== undefined) {
        this.#errors.push(`a ${began} began meanwhile: what is left is removed the next time`);
        return false;
      }
      // Most are read before: while the blobs are condemned, no deploy begins.
      await this.#named.readUploads();
      const { garbage, assertMayRemove } = await condemn(this.#context, blobs, async (query) => {
        await this.#named.readUploads(query);
        return (blob) => !this.#named.has(blob.digest);
      });
      const removals = await Promise.all(garbage.map((blob) => removeBlob(this.#context, blob, assertMayRemove)));
      const over = removals.filter(({ isOver }) => isOver);
      await absolve(
        this.#context,
        over.map(({ digest }) => digest),
      );
      for (const { freedBytes, error } of removals) {
        if (freedBytes !== undefined) this.#run.count({ deleted_blobs: 1, freed_bytes: freedBytes });
        if (error === undefined) continue;
        this.#context.log("A blob could not be removed", error);
        this.#errors.push("a blob could not be removed; see the server's log");
      }
      return true;
    });
  }
}
