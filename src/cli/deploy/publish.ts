import { type Digest, formatPodSettings, totalSize } from "#model";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import type { Context } from "../context.ts";
import { findGitSource } from "../project/git-source.ts";
import { formatBytes, formatCount, formatDuration, percentage } from "../terminal/format.ts";
import { createSteps, FILES_PER_STEP } from "./large-folder.ts";
import { lintRules, type RuleWarnings, showRuleWarnings } from "./lint-rules.ts";
import { makePlan, type UploadPlan } from "./make-plan.ts";
import { readFolder } from "./read-folder.ts";
import { chooseSource } from "./source.ts";
import type { Deployed } from "./cache-table.ts";
import { uploadFiles } from "./upload.ts";

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
  /** Whether the server can tell whether what is served is newer. */
  readonly canOrder: boolean;
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
  const [{ upload_mode: mode, builds_on_pods: canBuildOn = false }, git] = await Promise.all([
    client.config(),
    findGitSource(source.projectFolder, context.world.env),
  ]);
  const allowCaseCollisions = options.allowCaseCollisions ?? false;
  const { files, before, remember } = await readFolder(context, source, {
    allowCaseCollisions,
    wantsSha256: mode === "presigned",
  });
  if (!has(files.paths, "index.html")) {
    report.warn(`There is no index.html in ${source.shown}: the site's first page will be missing.`);
  }
  const lint = await lintRules(files, source.settings);
  showRuleWarnings(report, lint);

  let deployed: Deployed | undefined;
  try {
    const request = {
      project: site,
      ...(git ? { git } : {}),
      ...(allowCaseCollisions ? { allow_case_collisions: true } : {}),
      // Defaults are not sent: an older server would refuse the field.
      ...(formatPodSettings(source.settings) === "" ? {} : { settings: source.settings }),
    };
    const plan = await makePlan(client, request, files, before, canBuildOn);
    const reused = files.length - plan.fresh;
    report.step(
      "Planned",
      `→ ${plan.fresh.toLocaleString("en-US")} new, ${reused.toLocaleString("en-US")} reused ` +
        `(${percentage(reused, files.length)}%)`,
    );
    if (plan.resumed.files > 0) {
      const sent = `${formatCount(plan.resumed.files, "file")}, ${formatBytes(plan.resumed.bytes)}`;
      report.step("Resumed", `${sent} had arrived before and need not be sent again`);
    }
    if (plan.uploads.length >= FILES_PER_STEP) context.world.collect?.();
    const uploadedBytes = await uploadMissing(context, client, plan, source.concurrent);

    const commit = await client.commit(plan.id, {
      ...(options.message === undefined ? {} : { message: options.message }),
      // Not sent without need: an older server would refuse the field.
      ...(options.protect ? { protected: true } : {}),
    });
    deployed = { endpoint: client.endpoint, site, content_hash: commit.content_hash as Digest };
    report.step("Committed", `${commit.version}, ${commit.image_id}`);
    const warnings = commit.warnings ?? lint;
    showRuleWarnings(report, warnings, lint);
    const counts = { new: plan.fresh, reused, uploaded_bytes: uploadedBytes };
    return { client, site, commit, canOrder: canBuildOn, warnings, counts };
  } finally {
    await remember(deployed);
  }
}

function has(paths: Iterable<string>, wanted: string): boolean {
  for (const path of paths) if (path === wanted) return true;
  return false;
}

async function uploadMissing(
  { report, world }: Context,
  client: ApiClient,
  plan: UploadPlan,
  concurrent: number,
): Promise<number> {
  const { uploads } = plan;
  const allBytes = totalSize(uploads);
  const startedMs = world.now();
  let [sent, bytes] = [0, 0];
  const step = createSteps(world);
  const show = () => report.progress({ label: "Uploading", files: sent, allFiles: uploads.length, bytes, allBytes });
  await uploadFiles(client, plan, {
    concurrent,
    now: world.now,
    onBytes: (count) => {
      bytes += count;
      show();
    },
    onFile: () => {
      sent++;
      step();
      show();
    },
  });
  const took = formatDuration(world.now() - startedMs);
  const text =
    uploads.length === 0 ? "nothing to send" : `${formatCount(sent, "file")}, ${formatBytes(allBytes)} in ${took}`;
  report.step("Uploaded", text);
  return allBytes;
}
