import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, formatAge, formatBytes, formatTable, type Result } from "#cli";
import { listBackups } from "#upkeep";
import { openPlace } from "../storage-place.ts";

export async function run({ world }: Context, [place]: readonly (string | undefined)[]): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), "sitepod-"));
  await using _ = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
  const { documents } = await openPlace(place!, world.env, scratch, false);
  const backups = await listBackups(documents);
  if (backups.length === 0) return { text: "No backup was completed here.", json: { backups } };
  const rows = backups.map(({ id, created_at, sites, releases, bytes, damaged }) => [
    id,
    formatAge(created_at, world.now()),
    String(sites),
    String(releases),
    formatBytes(bytes),
    damaged.length > 0 ? `${damaged.length} damaged` : "",
  ]);
  const columns = ["BACKUP", "MADE", "SITES", "RELEASES", "SIZE", ""].map((title) => ({ title }));
  return { text: formatTable(columns, rows), json: { backups } };
}
