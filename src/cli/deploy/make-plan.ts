import type { Changes } from "#diff";
import type { Api } from "#wire";
import type { ApiClient } from "../api-client.ts";
import { Failure } from "../failure.ts";
import type { FileList, HashedFile } from "./file-table.ts";
import type { Deployed } from "./cache-table.ts";

/** How many files one plan lists: more are told in several, each building on the one before. */
export const FILES_PER_PLAN = 16_384;

/** What the server wants of a deploy. */
export interface UploadPlan {
  readonly id: string;
  readonly mode: Api.PlanResponse["upload_mode"];
  readonly contentHash: string;
  /** What must be sent: each content once, under the first path that has it. */
  readonly uploads: Iterable<HashedFile> & { readonly length: number };
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
  readonly deployed: Deployed;
  /** What the folder is now, beside it. */
  readonly changes: Changes;
}

type Rest = Omit<Api.PlanRequest, "files" | "base" | "removed" | "more" | "compact">;

/**
 * Tells the server what is deployed, and learns what of it is missing. A server that can builds on the pod that the folder
 * was `before`, so that only what has changed is told.
 */
export async function makePlan(
  client: ApiClient,
  rest: Rest,
  files: FileList<HashedFile>,
  before: Before | undefined,
  canBuildOn: boolean,
): Promise<UploadPlan> {
  if (!canBuildOn) return join([await tell(client, { ...rest, files: files.map(toPlanFile) }, files)], files);
  if (before?.deployed.endpoint === client.endpoint && before.deployed.site === rest.project) {
    const { changed, removed } = before.changes;
    try {
      return join(
        await tellInParts(client, rest, files.pick(changed), {
          base: before.deployed.content_hash,
          removed: [...removed],
        }),
        files,
      );
    } catch (error) {
      // The server has forgotten that pod, or part of it.
      if (!(error instanceof Failure) || error.ending !== "conflict") throw error;
    }
  }
  return join(await tellInParts(client, rest, files, {}), files);
}

interface Told {
  readonly plan: Api.PlanResponse;
  readonly files: FileList<HashedFile>;
}

async function tell(client: ApiClient, request: Api.PlanRequest, files: FileList<HashedFile>): Promise<Told> {
  return { plan: await client.plan(request), files };
}

async function tellInParts(
  client: ApiClient,
  rest: Rest,
  files: FileList<HashedFile>,
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
function join(parts: readonly Told[], files: FileList<HashedFile>): UploadPlan {
  const last = parts.at(-1)!.plan;
  const resumed = { files: 0, bytes: 0 };
  let fresh = 0;
  for (const { plan, files } of parts) {
    fresh += files.length - plan.reusable;
    resumed.files += plan.resumed?.files ?? 0;
    resumed.bytes += plan.resumed?.bytes ?? 0;
  }
  const missing = files.ofRows(concatenate(parts.map((part) => missingRows(part.plan, part.files))));
  return {
    id: last.plan_id,
    mode: last.upload_mode,
    contentHash: last.content_hash,
    uploads: missing.distinct(),
    takesBatches: last.batch_upload_url !== undefined,
    takesGzip: last.batch_encodings?.includes("gzip") ?? false,
    partBytes: last.part_size,
    addresses: new Map(parts.flatMap(({ plan }) => plan.missing.map(({ hash, upload_url }) => [hash, upload_url]))),
    fresh,
    resumed,
  };
}

/** The rows of the table that the missing files are in. */
function missingRows(plan: Api.PlanResponse, files: FileList<HashedFile>): Uint32Array {
  if (plan.missing_files) return files.pick(plan.missing_files.filter((place) => place < files.length)).rows;
  const missing = new Set(plan.missing.map(({ hash }) => hash));
  return files.rows.filter((_, place) => missing.has(files.at(place)!.digest));
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const toPlanFile = ({ path, digest, sha256, size }: HashedFile): Api.PlanFile => ({
  path,
  blake3: digest,
  ...(sha256 === undefined ? {} : { sha256 }),
  size,
});
