import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatAge, formatCount } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(
  context: Context,
  _: readonly unknown[],
  { deleted }: { deleted?: boolean },
): Promise<Result> {
  return deleted ? await listDeleted(context) : await listSites(context);
}

async function listSites(context: Context): Promise<Result> {
  const client = await context.client();
  const projects = await client.projects();
  if (projects.length === 0) return { text: "There is no site yet. Run `sitepod deploy`.", json: projects };
  const { paint, world } = context;
  const hasOwners = projects.some(({ owner_email: email }) => email !== undefined);
  const text = formatTable(
    [
      { title: "SITE", paint: paint.bold },
      { title: "ADDRESS", paint: paint.cyan },
      { title: "CHANGED" },
      ...(hasOwners ? [{ title: "OWNER" }] : []),
    ],
    projects.map(({ name, url, updated_at: updated, owner_email: owner }) => [
      name,
      url,
      formatAge(updated, world.now()),
      ...(hasOwners ? [owner ?? ""] : []),
    ]),
  );
  return { text, json: projects };
}

const DAY_MS = 24 * 60 * 60 * 1000;

async function listDeleted({ client: connect, paint, world }: Context): Promise<Result> {
  const bin = await (await connect()).bin();
  if (bin.sites.length === 0) return { text: "No site was deleted in the last 7 days.", json: bin };
  const text = formatTable(
    [
      { title: "SITE", paint: paint.bold },
      { title: "RELEASES" },
      { title: "DELETED" },
      { title: "BY" },
      { title: "LEFT" },
    ],
    bin.sites.map(({ name, releases, deleted_at: since, deleted_by: by, restorable_until: until }) => [
      name,
      String(releases),
      formatAge(since, world.now()),
      by ?? "",
      formatCount(Math.max(0, Math.ceil((Date.parse(until) - world.now()) / DAY_MS)), "day"),
    ]),
  );
  return { text, json: bin };
}
