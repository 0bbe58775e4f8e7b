import { formatVersion, type ReleaseRecord } from "#model";
import type { Api } from "#wire";
import type { StoreChange } from "../context.ts";
import { recordEvent } from "../identity/audit.ts";
import { type LineContent, writeLines } from "./deploys.ts";
import { labelNow } from "./label-now.ts";
import { settleReleases } from "./ownership.ts";
import { insertRelease } from "./releases.ts";
import type { Site } from "./sites.ts";

interface Creation {
  readonly site: Site;
  readonly record: ReleaseRecord & { readonly upload: string };
  readonly warnings: NonNullable<Api.CommitResponse["warnings"]>;
}

/** A release whose record is written. The deploy's log says so, too. */
export const releaseCreation: StoreChange<Creation> = {
  kind: "release.create",
  async isMade(context, { site, record }) {
    const found = await context.records.readRelease(await labelNow(context, site), record.version);
    return found?.upload === record.upload;
  },
  async enter(context, { author, at, data }, query) {
    const { site, record, warnings } = data;
    const version = formatVersion(record.version);
    await insertRelease(query, record);
    await settleReleases(query, site.workspace_id, 1);
    await query.updateTable("sites").set({ updated_at: record.created_at }).where("id", "=", site.id).execute();
    const { image, files_count, total_size } = record;
    const subject = { site, target: version, at, after: { image_id: image, files_count, total_size } };
    await recordEvent(context, author, "release.create", subject, query);
    const lines: LineContent[] = [
      { kind: "committed", version },
      ...warnings.map((warning) => ({ kind: "warned" as const, ...warning })),
    ];
    await writeLines(query, record.upload, at, lines, { version: record.version, has_failed: 0 });
  },
};
