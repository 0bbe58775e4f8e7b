import { type Environment, formatVersion } from "#model";
import { settleReleases } from "../access/permanent-addresses.ts";
import type { StoreChange } from "../context.ts";
import { type Decision, settleApproval } from "../guard/settle-approval.ts";
import { recordEvent } from "../identity/audit.ts";
import { noteReleased } from "./deploys.ts";
import { labelNow } from "./label-now.ts";
import type { Site } from "./sites.ts";

interface Move {
  readonly site: Site;
  readonly environment: Environment;
  /** Of the release to which it is moved, and of the one before. */
  readonly version: number;
  readonly previous: number | null;
  readonly refVersion: number;
  readonly action: "release" | "rollback";
  readonly approval: Decision | null;
}

/** An environment's pointer that is moved. Returns the deploy to whose log that was added. */
export const pointerMove: StoreChange<Move, unknown, string | undefined> = {
  kind: "environment.move",
  async isMade(context, { site, environment, refVersion }) {
    const ref = await context.records.readRef(await labelNow(context, site), environment);
    return ref !== undefined && ref.version >= refVersion;
  },
  finish: async (context, { site }) => settleReleases(context, await labelNow(context, site)),
  async enter(context, { author, at, data }, query) {
    const { site, environment, version, previous, refVersion, action, approval } = data;
    await query
      .insertInto("deployments")
      .values({
        site_id: site.id,
        environment,
        version,
        previous_version: previous,
        ref_version: refVersion,
        action,
        // Whose move it is: who asked for it.
        user_id: approval?.asked.requestedBy ?? author.userId,
        at,
      })
      .execute();
    if (approval) {
      const moved = { previous_version: previous, ref_version: refVersion };
      await settleApproval(context, { author, at, site }, approval, query, moved);
    }
    const shown = (release: number | null) =>
      release === null ? undefined : { environment, version: formatVersion(release) };
    const target = `${environment} ${previous === null ? "" : `${formatVersion(previous)} → `}${formatVersion(version)}`;
    const subject = { site, target, at, before: shown(previous), after: shown(version) };
    await recordEvent(context, author, `environment.${action}`, subject, query);
    return await noteReleased(context, query, site, { environment, action, version });
  },
};
