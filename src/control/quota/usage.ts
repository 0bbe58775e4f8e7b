import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Digest, Manifest } from "#model";
import { DigestMap } from "#store";
import type { Context } from "../context.ts";
import { isLive } from "../release/is-live.ts";
import { inChunks, ROWS_PER_STATEMENT } from "../release/ownership.ts";

/**
 * What the releases of a workspace hold: the bytes of their contents and manifests, each once. Commits add to the count
 * what is new, which costs nothing to know. What goes with a release is not known without reading all others: that is done
 * only where somebody would be refused, or asks.
 */
export interface Usage {
  /** Never fewer than there are. */
  readonly storedBytes: number;
  /** Whether releases have gone since they were counted, or a commit may have been counted in vain. */
  readonly isDoubtful: boolean;
}

/** Reads what a workspace is known to hold. */
export async function readUsage(query: Kysely<Schema>, workspaceId: string): Promise<Usage> {
  const usage = await query
    .selectFrom("workspace_usage")
    .where("workspace_id", "=", workspaceId)
    .selectAll()
    .executeTakeFirst();
  const { count } = await releasesOf(query, workspaceId)
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return {
    storedBytes: usage?.stored_size ?? 0,
    isDoubtful: (usage?.doubts ?? 0) > 0 || count !== (usage?.releases ?? 0),
  };
}

/** Reads what all workspaces are known to hold together. What two of them have is counted for each. */
export async function readServerUsage(query: Kysely<Schema>): Promise<number> {
  const { bytes } = await query
    .selectFrom("workspace_usage")
    .select((select) => select.fn.sum<number | string | null>("stored_size").as("bytes"))
    .executeTakeFirstOrThrow();
  return Number(bytes ?? 0);
}

/** Counts the sites of a workspace, or of all, but for those in the bin: who deletes one may make another. */
export async function countSites(query: Kysely<Schema>, workspaceId?: string): Promise<number> {
  let sites = query
    .selectFrom("sites")
    .where(isLive)
    .select((select) => select.fn.countAll<number>().as("count"));
  if (workspaceId !== undefined) sites = sites.where("workspace_id", "=", workspaceId);
  return (await sites.executeTakeFirstOrThrow()).count;
}

/** Counts the sites in the bin of a workspace, or of all: what their releases hold is held still. */
export async function countDeletedSites(query: Kysely<Schema>, workspaceId?: string): Promise<number> {
  let sites = query
    .selectFrom("deleted_sites")
    .innerJoin("sites", "sites.id", "deleted_sites.site_id")
    .select((select) => select.fn.countAll<number>().as("count"));
  if (workspaceId !== undefined) sites = sites.where("workspace_id", "=", workspaceId);
  return (await sites.executeTakeFirstOrThrow()).count;
}

/** Lists the workspaces whose count is doubtful. */
export async function findDoubtful(query: Kysely<Schema>): Promise<string[]> {
  const rows = await query
    .selectFrom("workspace_usage")
    .leftJoin("sites", "sites.workspace_id", "workspace_usage.workspace_id")
    .leftJoin("releases", (join) =>
      join.onRef("releases.site_id", "=", "sites.id").on("releases.removed_at", "is", null),
    )
    .groupBy(["workspace_usage.workspace_id", "workspace_usage.releases", "workspace_usage.doubts"])
    .having(({ or, eb, fn, ref }) =>
      or([
        eb("workspace_usage.doubts", ">", 0),
        eb(fn.count("releases.version"), "!=", ref("workspace_usage.releases")),
      ]),
    )
    .select("workspace_usage.workspace_id")
    .execute();
  return rows.map((row) => row.workspace_id);
}

/** Counts anew what a workspace holds. To be called in the turn of its commits. */
export async function recountUsage(context: Context, workspaceId: string): Promise<void> {
  const { query } = context.db;
  const known = await query
    .selectFrom("workspace_usage")
    .where("workspace_id", "=", workspaceId)
    .select("doubts")
    .executeTakeFirst();
  const rows = await releasesOf(query, workspaceId)
    .select("releases.manifest")
    .orderBy("releases.site_id")
    .orderBy("releases.version")
    .execute();
  const sizes = await sizesOf(context, new Set(rows.map(({ manifest }) => manifest as Digest)));
  await query.transaction().execute(async (transaction) => {
    const usage = {
      stored_size: await holdExactly(transaction, workspaceId, sizes),
      releases: rows.length,
    };
    await transaction
      .insertInto("workspace_usage")
      .values({ workspace_id: workspaceId, ...usage, doubts: 0 })
      .onConflict((conflict) =>
        conflict.column("workspace_id").doUpdateSet(({ eb, ref }) => ({
          ...usage,
          // Those of who came meanwhile stay.
          doubts: eb(ref("workspace_usage.doubts"), "-", known?.doubts ?? 0),
        })),
      )
      .execute();
  });
}

const releasesOf = (query: Kysely<Schema>, workspaceId: string) =>
  query
    .selectFrom("releases")
    .innerJoin("sites", "sites.id", "releases.site_id")
    .where("sites.workspace_id", "=", workspaceId)
    // What retention has removed stays in the history and holds nothing.
    .where("releases.removed_at", "is", null);

/**
 * The contents of pods with their sizes, and their manifests. A pod that cannot be read holds nothing. Pods that follow one
 * another in a site differ by little: only that is looked at.
 */
async function sizesOf({ readManifest }: Context, manifests: Iterable<Digest>): Promise<DigestMap> {
  const sizes = new DigestMap();
  let last: Manifest | undefined;
  for (const digest of manifests) {
    const manifest = await readManifest(digest);
    if (!manifest) continue;
    sizes.set(digest, manifest.byteLength);
    for (const content of manifest.contents(last)) sizes.set(content.digest, content.size);
    last = manifest;
  }
  return sizes;
}

/** Notes that releases of the workspace have exactly these contents. Returns their bytes. */
async function holdExactly(query: Kysely<Schema>, workspaceId: string, sizes: DigestMap): Promise<number> {
  let storedBytes = 0;
  for (let last = ""; ;) {
    const rows = await query
      .selectFrom("workspace_blobs")
      .where("workspace_id", "=", workspaceId)
      .where("digest", ">", last)
      .select(["digest", "is_held"])
      .orderBy("digest")
      .limit(ROWS_PER_STATEMENT)
      .execute();
    if (rows.length === 0) return storedBytes;
    last = rows.at(-1)!.digest;
    const wrong: Digest[][] = [[], []];
    for (const row of rows) {
      const size = sizes.get(row.digest as Digest);
      storedBytes += size ?? 0;
      const isHeld = size === undefined ? 0 : 1;
      if (row.is_held !== isHeld) wrong[isHeld]!.push(row.digest as Digest);
    }
    for (const [isHeld, digests] of wrong.entries()) {
      for (const some of inChunks(digests, ROWS_PER_STATEMENT)) {
        await query
          .updateTable("workspace_blobs")
          .set({ is_held: isHeld })
          .where("workspace_id", "=", workspaceId)
          .where("digest", "in", some)
          .execute();
      }
    }
  }
}
