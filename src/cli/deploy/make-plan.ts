import { distinctContents, findChanges } from "#diff";
import type { Digest } from "#model";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { Failure } from "../failure.ts";
import type { HashedFile } from "./hash.ts";
import type { Deployed } from "./stat-cache.ts";

/** How many files one plan lists: more are told in several, each building on the one before. */
export const FILES_PER_PLAN = 16_384;

/** What the server wants of a deploy. */
export interface UploadPlan {
  readonly id: string;
  readonly mode: Api.PlanResponse["upload_mode"];
  readonly contentHash: string;
  /** What must be sent: each content once, under the first path that has it. */
  readonly uploads: readonly HashedFile[];
  /** Whether small contents may travel together. */
  readonly takesBatches: boolean;
  /** Whether a batch may be compressed by gzip. */
  readonly takesGzip: boolean;
  /** Contents of more bytes may come in parts of so many. */
  readonly partBytes: number | undefined;
  /** Where each content goes that is not for this server. */
  readonly addresses: ReadonlyMap<string, string>;
  /** How many files have a content that is not there. */
  readonly fresh: number;
  /** Contents that an earlier try has sent. */
  readonly resumed: { readonly files: number; readonly bytes: number };
}

/** What a folder was when it was deployed the last time. */
export interface Before {
  readonly deployed: Deployed | undefined;
  readonly contents: ReadonlyMap<string, Digest>;
}

type Rest = Omit<Api.PlanRequest, "files" | "base" | "removed" | "more" | "compact">;

/**
 * Tells the server what is deployed, and learns what of it is missing. A server that can builds on the pod that the folder
 * was `before`, so that only what has changed is told.
 */
export async function makePlan(
  client: ApiClient,
  rest: Rest,
  files: readonly HashedFile[],
  before: Before,
  canBuildOn: boolean,
): Promise<UploadPlan> {
  if (!canBuildOn) return join([await tell(client, { ...rest, files: files.map(toPlanFile) }, files)]);
  const { deployed, contents } = before;
  const isSameSite = deployed?.endpoint === client.endpoint && deployed.site === rest.project;
  if (isSameSite) {
    const { changed, removed } = findChanges(contents, files);
    try {
      return join(await tellInParts(client, rest, changed, { base: deployed.content_hash, removed: [...removed] }));
    } catch (error) {
      // The server has forgotten that pod, or part of it.
      if (!(error instanceof Failure) || error.ending !== "conflict") throw error;
    }
  }
  return join(await tellInParts(client, rest, files, {}));
}

interface Told {
  readonly plan: Api.PlanResponse;
  readonly files: readonly HashedFile[];
}

async function tell(client: ApiClient, request: Api.PlanRequest, files: readonly HashedFile[]): Promise<Told> {
  return { plan: await client.plan(request), files };
}

async function tellInParts(
  client: ApiClient,
  rest: Rest,
  files: readonly HashedFile[],
  first: Pick<Api.PlanRequest, "base" | "removed">,
): Promise<Told[]> {
  const told: Told[] = [];
  for (let at = 0; at === 0 || at < files.length; at += FILES_PER_PLAN) {
    const some = files.slice(at, at + FILES_PER_PLAN);
    const before = told.at(-1)?.plan.content_hash;
    const request = {
      ...rest,
      files: some.map(toPlanFile),
      ...(before === undefined ? first : { base: before }),
      ...(at + FILES_PER_PLAN < files.length ? { more: true } : {}),
      compact: true,
    };
    told.push(await tell(client, request, some));
  }
  return told;
}

/** Puts together what was answered to the parts of a plan. The last one is the whole. */
function join(parts: readonly Told[]): UploadPlan {
  const last = parts.at(-1)!.plan;
  const resumed = { files: 0, bytes: 0 };
  let fresh = 0;
  for (const { plan, files } of parts) {
    fresh += files.length - plan.reusable;
    resumed.files += plan.resumed?.files ?? 0;
    resumed.bytes += plan.resumed?.bytes ?? 0;
  }
  return {
    id: last.plan_id,
    mode: last.upload_mode,
    contentHash: last.content_hash,
    uploads: distinctContents(parts.flatMap(({ plan, files }) => missingOf(plan, files))),
    takesBatches: last.batch_upload_url !== undefined,
    takesGzip: last.batch_encodings?.includes("gzip") ?? false,
    partBytes: last.part_size,
    addresses: new Map(parts.flatMap(({ plan }) => plan.missing.map(({ hash, upload_url }) => [hash, upload_url]))),
    fresh,
    resumed,
  };
}

function missingOf(plan: Api.PlanResponse, files: readonly HashedFile[]): readonly HashedFile[] {
  if (plan.missing_files) return plan.missing_files.flatMap((place) => files[place] ?? []);
  const missing = new Set(plan.missing.map(({ hash }) => hash));
  return files.filter(({ digest }) => missing.has(digest));
}

const toPlanFile = ({ path, digest, sha256, size }: HashedFile): Api.PlanFile => ({
  path,
  blake3: digest,
  ...(sha256 === undefined ? {} : { sha256 }),
  size,
});
