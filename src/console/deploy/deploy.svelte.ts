import type { Digest, Environment } from "#model";
import type { Api } from "#wire";
import { api, ApiError } from "../api.ts";
import type { Folder } from "./dropped-folder.ts";
import { hashFiles } from "./hash-files.ts";
import type { Hashes } from "./hash-messages.ts";
import { type Content, sendContents } from "./send-contents.ts";

export interface DeployRequest {
  readonly site: string;
  readonly folder: Folder;
  /** Undefined: a release is made, and none is served. */
  readonly environment: Environment | undefined;
  readonly message: string;
}

export const DEPLOY_STEPS = ["hash", "plan", "send", "commit", "release"] as const;
export type DeployStep = (typeof DEPLOY_STEPS)[number];

/** One deploy from the browser, from the hashing of its files to the address that serves them. */
export class Deploy {
  step = $state.raw<DeployStep>("hash");
  /** Bytes that were hashed, and those of all files. */
  hashed = $state(0);
  total = $state(0);
  /** Bytes that were sent, and those that have to be. */
  sent = $state(0);
  missing = $state(0);
  plan = $state.raw<Api.PlanResponse>();
  commit = $state.raw<Api.CommitResponse>();
  /** Where an environment serves it. */
  released = $state.raw<Pick<Api.ReleaseResponse, "environment" | "version" | "url">>();
  /** The id of what another member was asked for, where the environment needs an approval. */
  approvalId = $state.raw<string>();
  outcome = $state.raw<"running" | "done" | "failed" | "cancelled">("running");
  error = $state.raw<unknown>();
  readonly request: DeployRequest;
  readonly #cancelling = new AbortController();

  constructor(request: DeployRequest) {
    this.request = request;
    this.total = request.folder.files.reduce((sum, { file }) => sum + file.size, 0);
  }

  /** Ends it. What has arrived is not sent again the next time. */
  cancel(): void {
    this.#cancelling.abort(new DOMException("The deploy was cancelled.", "AbortError"));
  }

  /** Never throws: `outcome` and `error` tell. */
  async run(config: Api.ServerConfig): Promise<void> {
    try {
      await this.#deploy(config);
      this.outcome = "done";
    } catch (error) {
      this.outcome = this.#cancelling.signal.aborted ? "cancelled" : "failed";
      if (this.outcome === "failed") this.error = error;
    }
  }

  async #deploy({ upload_mode: mode }: Api.ServerConfig): Promise<void> {
    const { signal } = this.#cancelling;
    const { site, folder, environment, message } = this.request;
    const hashes = await hashFiles(folder.files, {
      // A server whose uploads go to a bucket asks for it, though the console sends to the server.
      wantsSha256: mode === "presigned",
      signal,
      onBytes: (bytes) => (this.hashed += bytes),
    });
    this.step = "plan";
    const plan = await api.plan({ project: site, files: planFiles(folder, hashes) }, signal);
    const contents = findMissing(folder, hashes, plan);
    this.plan = plan;
    this.missing = contents.reduce((sum, { size }) => sum + size, 0);
    this.step = "send";
    await sendContents(contents, {
      planId: plan.plan_id,
      partBytes: plan.part_size,
      signal,
      onBytes: (bytes) => (this.sent += bytes),
    });
    this.step = "commit";
    this.commit = await api.commit({ plan_id: plan.plan_id, ...(message ? { message } : {}) }, signal);
    if (environment === undefined) return;
    this.step = "release";
    try {
      this.released = await api.release({ project: site, environment, version: this.commit.version });
    } catch (error) {
      if (!(error instanceof ApiError) || error.approvalId === undefined) throw error;
      this.approvalId = error.approvalId;
    }
  }
}

const planFiles = (folder: Folder, hashes: readonly Hashes[]): Api.PlanFile[] =>
  folder.files.map(({ path, file }, index) => ({ path, size: file.size, ...hashes[index]! }));

/** Each content once. */
function findMissing(folder: Folder, hashes: readonly Hashes[], plan: Api.PlanResponse): Content[] {
  const files = new Map(folder.files.map(({ file }, index) => [hashes[index]!.blake3, file]));
  const missing = new Set(plan.missing.map(({ hash }) => hash));
  return [...missing].flatMap((hash) => {
    const file = files.get(hash);
    return file ? [{ digest: hash as Digest, size: file.size, file }] : [];
  });
}
