import { formatPodSettings } from "#model";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Context } from "../context.ts";
import { findGitSource } from "../project/git-source.ts";
import { formatBytes, formatCount, formatDuration, percentage } from "../terminal/format.ts";
import type { HashedFile } from "./hash.ts";
import { lintRules, type RuleWarnings, showRuleWarnings } from "./lint-rules.ts";
import { readFolder } from "./read-folder.ts";
import { chooseSource } from "./source.ts";
import { chooseUploads, uploadFiles } from "./upload.ts";

/** The options that every command has which uploads a folder. */
export interface PublishOptions {
  readonly name?: string;
  readonly concurrent?: number;
  readonly message?: string;
  readonly allowCaseCollisions?: boolean;
  readonly protect?: boolean;
}

export interface Published {
  readonly client: ApiClient;
  readonly site: string;
  readonly commit: Api.CommitResponse;
  /** What is wrong with the site's rules. */
  readonly warnings: RuleWarnings;
  /** Files whose content was sent, and those whose content was there. */
  readonly counts: { readonly new: number; readonly reused: number; readonly uploaded_bytes: number };
}

/**
 * Makes a release of a folder: scan, plan, upload, commit. Nothing that is served changes. Throws a Failure; what was
 * uploaded by then is not sent again the next time.
 */
export async function publishFolder(
  context: Context,
  sourceArgument: string | undefined,
  options: PublishOptions,
): Promise<Published> {
  const { report } = context;
  const site = await context.site(options.name);
  const source = await chooseSource(context, sourceArgument, options.concurrent);
  const client = await context.client();
  const [{ upload_mode: mode }, git] = await Promise.all([
    client.config(),
    findGitSource(source.projectFolder, context.world.env),
  ]);
  const allowCaseCollisions = options.allowCaseCollisions ?? false;
  const files = await readFolder(context, source, { allowCaseCollisions, wantsSha256: mode === "presigned" });
  if (!files.some(({ path }) => path === "index.html")) {
    report.warn(`There is no index.html in ${source.shown}: the site's first page will be missing.`);
  }
  const lint = await lintRules(files, source.settings);
  showRuleWarnings(report, lint);

  const plan = await client.plan({
    project: site,
    files: files.map(toPlanFile),
    ...(git ? { git } : {}),
    ...(allowCaseCollisions ? { allow_case_collisions: true } : {}),
    // Defaults are not sent: an older server would refuse the field.
    ...(formatPodSettings(source.settings) === "" ? {} : { settings: source.settings }),
  });
  const fresh = files.length - plan.reusable;
  report.step(
    "Planned",
    `→ ${fresh.toLocaleString("en-US")} new, ${plan.reusable.toLocaleString("en-US")} reused ` +
      `(${percentage(plan.reusable, files.length)}%)`,
  );
  const uploadedBytes = await uploadMissing(context, client, plan, files, source.concurrent);

  const commit = await client.commit(plan.plan_id, {
    ...(options.message === undefined ? {} : { message: options.message }),
    // Not sent without need: an older server would refuse the field.
    ...(options.protect ? { protected: true } : {}),
  });
  report.step("Committed", `${commit.version}, ${commit.image_id}`);
  const warnings = commit.warnings ?? lint;
  showRuleWarnings(report, warnings, lint);
  const counts = { new: fresh, reused: plan.reusable, uploaded_bytes: uploadedBytes };
  return { client, site, commit, warnings, counts };
}

async function uploadMissing(
  { report, world }: Context,
  client: ApiClient,
  plan: Api.PlanResponse,
  files: readonly HashedFile[],
  concurrent: number,
): Promise<number> {
  const uploads = chooseUploads(files, plan);
  const allBytes = uploads.reduce((sum, { size }) => sum + size, 0);
  const startedMs = world.now();
  let [sent, bytes] = [0, 0];
  const show = () => report.progress({ label: "Uploading", files: sent, allFiles: uploads.length, bytes, allBytes });
  await uploadFiles(client, plan, uploads, {
    concurrent,
    onBytes: (count) => {
      bytes += count;
      show();
    },
    onFile: () => {
      sent++;
      show();
    },
  });
  const took = formatDuration(world.now() - startedMs);
  const text =
    uploads.length === 0 ? "nothing to send" : `${formatCount(sent, "file")}, ${formatBytes(allBytes)} in ${took}`;
  report.step("Uploaded", text);
  return allBytes;
}

const toPlanFile = ({ path, digest, sha256, size }: HashedFile): Api.PlanFile => ({
  path,
  blake3: digest,
  ...(sha256 === undefined ? {} : { sha256 }),
  size,
});
