import type { WorkspaceQuotaTable } from "#db";
import { SitepodError, totalSize } from "#model";
import type { Context, Settings } from "../context.ts";

/** What a workspace may have. Infinity: as much as it likes. */
export interface Limits {
  readonly maxFilesPerDeploy: number;
  readonly maxFileBytes: number;
  readonly maxDeployBytes: number;
  readonly maxStoredBytes: number;
  readonly maxSites: number;
  readonly maxRequestsPerMinute: number;
}

/** What stands in the place of Infinity in a row, which has no such number. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export type OwnLimits = Omit<WorkspaceQuotaTable, "workspace_id">;

/**
 * Decides what a workspace may have: what an administrator has set, and else what the server's options say. Those about
 * one deploy also bound what a request may carry: a workspace may be allowed less, and never more.
 */
export function decideLimits(settings: Settings, own: OwnLimits | undefined): Limits {
  const atMost = (server: number, told: number | null | undefined) => Math.min(server, told ?? server);
  const instead = (server: number, told: number | null | undefined) =>
    told === NO_LIMIT ? Infinity : (told ?? server);
  return {
    maxFilesPerDeploy: atMost(settings.maxFilesPerDeploy, own?.max_files),
    maxFileBytes: atMost(settings.maxFileBytes, own?.max_file_size),
    maxDeployBytes: atMost(settings.maxDeployBytes, own?.max_deploy_size),
    maxStoredBytes: instead(settings.maxStoredBytes, own?.max_stored_size),
    maxSites: instead(settings.maxSitesPerUser, own?.max_sites),
    maxRequestsPerMinute: instead(settings.maxRequestsPerMinute, own?.max_requests_per_minute),
  };
}

/** Reads what a workspace may have. */
export async function findLimits(context: Pick<Context, "db" | "settings">, workspaceId: string): Promise<Limits> {
  return decideLimits(context.settings, await findOwnLimits(context, workspaceId));
}

/** Reads what an administrator has set for a workspace. */
export const findOwnLimits = (
  { db }: Pick<Context, "db">,
  workspaceId: string,
): Promise<WorkspaceQuotaTable | undefined> =>
  db.query.selectFrom("workspace_quotas").where("workspace_id", "=", workspaceId).selectAll().executeTakeFirst();

type DeployLimits = Pick<Limits, "maxFilesPerDeploy" | "maxFileBytes" | "maxDeployBytes">;

/** Throws SitepodError `too_large` where a deploy of these files is larger than it may be. Sizes are in bytes. */
export function requireWithinLimits(
  limits: DeployLimits,
  files: readonly { readonly path: string; readonly size: number }[],
): void {
  requireFewFiles(limits, files.length);
  const large = files.find((file) => file.size > limits.maxFileBytes);
  if (large) {
    throw new SitepodError(
      "too_large",
      `${JSON.stringify(large.path)} has ${large.size} bytes, and this server allows ${limits.maxFileBytes} a file. ` +
        `Make it smaller or leave it out, ${orAsk("SITEPOD_MAX_FILE_SIZE")}`,
    );
  }
  requireFewBytes(limits, totalSize(files));
}

/** Throws SitepodError `too_large` where a deploy has more files than it may have. */
export function requireFewFiles({ maxFilesPerDeploy }: Pick<DeployLimits, "maxFilesPerDeploy">, count: number): void {
  if (count <= maxFilesPerDeploy) return;
  throw new SitepodError(
    "too_large",
    `The deploy has ${count} files, and this server allows ${maxFilesPerDeploy}. Leave some out by deploy.ignore in ` +
      `sitepod.toml, ${orAsk("SITEPOD_MAX_FILES_PER_DEPLOY")}`,
  );
}

/** Throws SitepodError `too_large` where a deploy has more bytes than it may have. */
export function requireFewBytes({ maxDeployBytes }: Pick<DeployLimits, "maxDeployBytes">, bytes: number): void {
  if (bytes <= maxDeployBytes) return;
  throw new SitepodError(
    "too_large",
    `The deploy has ${bytes} bytes, and this server allows ${maxDeployBytes}. Leave large files out, ` +
      `${orAsk("SITEPOD_MAX_DEPLOY_SIZE")}`,
  );
}

/** How a refusal ends where more can be allowed: a person for most, and the option for who runs the server. */
export const orAsk = (option: string): string => `or ask an administrator of this server for more (${option}).`;
