import { type Environment, formatVersion, parseVersion, SitepodError } from "#model";
import type { Context } from "../context.ts";
import { findRelease, type Release } from "./releases.ts";
import type { Site } from "./sites.ts";

/** On what condition a release may take the place of what is served. */
export interface Order {
  /** The version that must be served (`v12`); `none`: nothing may be. */
  readonly expectedRelease?: string | undefined;
  /** `releases`: no later release may be served. `commits`: nor one of a newer commit. */
  readonly inOrder?: "releases" | "commits" | undefined;
}

/**
 * Checks that a release may take its environment's place. Returns the version of the pointer that this holds for: the move
 * must expect it, so that nothing comes in between. Undefined where there is no condition. Throws SitepodError `stale`.
 */
export async function requireOrder(
  context: Context,
  site: Site,
  environment: Environment,
  release: Release,
  order: Order,
): Promise<number | undefined> {
  const { expectedRelease, inOrder } = order;
  if (expectedRelease === undefined && inOrder === undefined) return undefined;
  const ref = await context.records.readRef(site.label, environment);
  requireExpected(site, environment, ref?.release, expectedRelease);
  if (ref && inOrder !== undefined) {
    const served = await findRelease(context, site, { version: formatVersion(ref.release) });
    const why = staleness(served, release, inOrder);
    if (why !== undefined) {
      const where = `${environment} of ${site.name} serves v${ref.release}, ${why}`;
      throw stale(`${where}: it was left as it is. Deploy what is newer, or override it with --force.`);
    }
  }
  return ref?.version ?? 0;
}

function requireExpected(site: Site, environment: Environment, served: number | undefined, text?: string): void {
  if (text === undefined) return;
  const expected = text === "none" ? undefined : parseVersion(text);
  if (text !== "none" && expected === undefined) {
    throw new SitepodError(
      "invalid",
      `${JSON.stringify(text)} is not a version. Expect a version such as v3, or none.`,
    );
  }
  if (expected === served) return;
  const now = served === undefined ? "nothing yet" : formatVersion(served);
  throw stale(
    `${environment} of ${site.name} serves ${now}, not ${text}: it was left as it is. Look, and deploy again.`,
  );
}

/** Tells why what is served is newer, or undefined where it is not. */
export function staleness(
  served: Pick<Release, "version" | "git_commit" | "git_time">,
  next: Pick<Release, "version" | "git_commit" | "git_time">,
  inOrder: "releases" | "commits",
): string | undefined {
  if (served.version > next.version) return `which was deployed after v${next.version}`;
  if (inOrder === "releases" || served.git_commit === next.git_commit) return undefined;
  if (served.git_time === null || next.git_time === null) return undefined;
  if (Date.parse(served.git_time) <= Date.parse(next.git_time)) return undefined;
  const of = ({ git_commit: commit, git_time: time }: typeof served) => `${commit?.slice(0, 7)} of ${time}`;
  return `whose commit ${of(served)} is newer than ${of(next)}`;
}

const stale = (message: string) => new SitepodError("stale", message);
