import { hashBytes } from "#store";
import { type Api, BATCH_MEDIA_TYPE, encodeBatch } from "#wire";
import { callApi } from "./account.ts";

/** A directory as a literal: path → content. */
export type SiteFiles = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

/** What the API refused, with its status and code. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, { error, message }: Api.ErrorBody) {
    super(`${request}: ${status} ${error}: ${message}`);
    this.status = status;
    this.code = error;
  }
}

/** Which release to point at, instead of the newest, and the pointer's version that is expected before. */
export interface PointerChoice {
  readonly version?: string;
  readonly image_id?: string;
  readonly expected_version?: number;
}

/** Deploys by the API itself, one step at a time. Each method throws an ApiRefusal where the server refuses. */
export interface DeployClient {
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  plan(project: string, files: SiteFiles): Promise<Api.PlanResponse>;
  /** Sends what the plan misses, one request a content. */
  upload(plan: Api.PlanResponse, files: SiteFiles): Promise<void>;
  /** Sends what the plan misses in one request. */
  uploadBatch(plan: Api.PlanResponse, files: SiteFiles): Promise<void>;
  commit(plan: Api.PlanResponse, message?: string): Promise<Api.CommitResponse>;
  release(project: string, environment: string, choice?: PointerChoice): Promise<Api.ReleaseResponse>;
  rollback(project: string, environment: string, choice?: PointerChoice): Promise<Api.RollbackResponse>;
  preview(project: string, image: string, slug: string, expiresInS?: number): Promise<Api.PreviewResponse>;
  /** Plan, upload, commit; and release where an environment is given. */
  deploy(project: string, files: SiteFiles, environment?: "prod" | "beta"): Promise<Api.CommitResponse>;
}

export function deployClient(access: { readonly endpoint: string; readonly token: string }): DeployClient {
  async function answerOf<Answer>(request: string, response: Response): Promise<Answer> {
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Answer;
    throw new ApiRefusal(request, response.status, parseRefusal(text));
  }

  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> =>
    answerOf(`${method} ${path}`, await callApi(access, method, path, body));

  const send = async (path: string, body: Uint8Array<ArrayBuffer>, type: string): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${access.token}`, "Content-Type": type };
    const response = await fetch(`${access.endpoint}/api/v1${path}`, { method: "POST", headers, body });
    return answerOf(`POST ${path}`, response);
  };

  const client: DeployClient = {
    call,
    plan: (project, files) => call("POST", "/plan", { project, files: listFiles(files) }),
    async upload(plan, files) {
      const sent = plan.missing.map(({ path, hash }) =>
        send(`/upload/${plan.plan_id}/${hash}`, contentOf(files, path), "application/octet-stream"),
      );
      await Promise.all(sent);
    },
    async uploadBatch(plan, files) {
      const blobs = plan.missing.map(({ path }) => contentOf(files, path));
      const body = encodeBatch(blobs.map((bytes) => ({ digest: hashBytes(bytes), bytes })));
      await send(`/upload/${plan.plan_id}`, body, BATCH_MEDIA_TYPE);
    },
    commit: (plan, message) => call("POST", "/commit", { plan_id: plan.plan_id, message: message ?? null }),
    release: (project, environment, choice) => call("POST", "/release", { project, environment, ...choice }),
    rollback: (project, environment, choice) => call("POST", "/rollback", { project, environment, ...choice }),
    preview: (project, image, slug, expiresInS) =>
      call("POST", "/preview", { project, image_id: image, slug, expires_in: expiresInS ?? null }),
    async deploy(project, files, environment) {
      const plan = await client.plan(project, files);
      await client.upload(plan, files);
      const committed = await client.commit(plan);
      if (environment) await client.release(project, environment, { version: committed.version });
      return committed;
    },
  };
  return client;
}

/** The files of a plan. */
export function listFiles(files: SiteFiles): Api.PlanFile[] {
  return Object.keys(files).map((path) => {
    const bytes = contentOf(files, path);
    return { path, blake3: hashBytes(bytes), size: bytes.length };
  });
}

export function contentOf(files: SiteFiles, path: string): Uint8Array<ArrayBuffer> {
  const content = files[path] ?? "";
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function parseRefusal(text: string): Api.ErrorBody {
  try {
    return JSON.parse(text) as Api.ErrorBody;
  } catch {
    return { error: "none", message: text };
  }
}
