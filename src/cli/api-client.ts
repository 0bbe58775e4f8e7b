import type { Environment } from "#model";
import { type Api, BATCH_MEDIA_TYPE } from "#wire";
import { createArchiveCalls } from "./archive-calls.ts";
import { createRetentionCalls } from "./retention-calls.ts";
import { createLoginCalls } from "./login-calls.ts";
import { createLookCalls } from "./look-calls.ts";
import type { CallOptions, Query } from "./send-message.ts";
import { createBinCalls } from "./bin-calls.ts";
import { createDomainCalls } from "./domain-calls.ts";
import { Failure } from "./failure.ts";
import { type Call, readJson, send } from "./http.ts";
import { createQuotaCalls } from "./quota-calls.ts";
import { PATIENT_TRIES, QUICK_TRIES } from "./retry.ts";
import { createTeamCalls } from "./team-calls.ts";
import { createTokenCalls } from "./token-calls.ts";
import type { World } from "./world.ts";

/** What can be asked of the server's v1 API. Every method throws a Failure that can be shown. */
export type ApiClient = ReturnType<typeof createApiClient>;

interface Credentials {
  /** With it, what the server's own scripts may ask can be asked. */
  readonly adminToken?: string;
  /** Where new sites go, and whose lists are asked for; absent: the account's own. */
  readonly workspaceId?: string;
}

export function createApiClient(
  world: World,
  endpoint: string,
  token: string | undefined,
  { adminToken, workspaceId }: Credentials = {},
) {
  const authorization: Readonly<Record<string, string>> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(adminToken === undefined ? {} : { "x-sitepod-admin-token": adminToken }),
    ...(workspaceId === undefined ? {} : { "x-sitepod-workspace": workspaceId }),
  };

  async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const url = new URL(`${endpoint}/api/v1${path}`);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const text = await send(world, {
      method,
      url: url.href,
      headers: {
        ...authorization,
        ...(options.workspaceId === undefined ? {} : { "x-sitepod-workspace": options.workspaceId }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: async () => body }),
      ...(options.content
        ? { body: options.content.body!, headers: { ...authorization, ...options.content.headers } }
        : {}),
      isRepeatable: options.isRepeatable ?? method === "GET",
      maxTries: options.maxTries ?? QUICK_TRIES,
    });
    const answer = readJson(text);
    if (typeof answer === "object" && answer !== null) return answer as T;
    throw new Failure("unreachable", `${endpoint} answers, but not as a SitePod server.`, {
      next: "Check the address.",
    });
  }
  const get = <T>(path: string, query?: Query) => call<T>("GET", path, query ? { query } : {});
  const post = <T>(path: string, body: unknown) => call<T>("POST", path, { body });
  const remove = <T>(path: string) => call<T>("DELETE", path);
  const segment = encodeURIComponent;

  return {
    endpoint,
    workspaceId,
    config: () => get<Api.ServerConfig>("/config"),
    ...createLoginCalls(call),
    whoAmI: () => get<Api.AuthInfo>("/auth/info"),
    deleteAccount: () => remove<{ message: string; deleted_projects: number }>("/account"),

    projects: () => get<Api.Project[]>("/projects"),
    project: (name: string) => get<Api.Project>(`/projects/${segment(name)}`),

    /** A plan that is begun twice leaves one that expires. */
    plan: (request: Api.PlanRequest) =>
      call<Api.PlanResponse>("POST", "/plan", { body: request, isRepeatable: true, maxTries: PATIENT_TRIES }),
    /** Sends one content of a plan to this server. */
    upload: (planId: string, hash: string, content: Pick<Call, "headers" | "body">) =>
      send(world, {
        ...content,
        method: "POST",
        url: `${endpoint}/api/v1/upload/${segment(planId)}/${hash}`,
        headers: { ...authorization, "content-type": "application/octet-stream", ...content.headers },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    /** Sends many small contents of a plan in one request; `body` makes the batch. */
    uploadBatch: (planId: string, { headers, body }: Pick<Call, "headers" | "body">) =>
      send(world, {
        ...(body ? { body } : {}),
        method: "POST",
        url: `${endpoint}/api/v1/upload/${segment(planId)}`,
        headers: { ...authorization, "content-type": BATCH_MEDIA_TYPE, ...headers },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    /** Sends a part of one content. Returns where the next one begins. */
    uploadPart: (planId: string, hash: string, offset: number, content: Pick<Call, "headers" | "body">) =>
      call<Api.UploadPart>("POST", `/upload/${segment(planId)}/${hash}/${offset}`, {
        content: { ...content, headers: { "content-type": "application/octet-stream", ...content.headers } },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    /** Sends one content to the object store, which the plan's address gives leave to. The token is not for it. */
    uploadPresigned: (url: string, content: Pick<Call, "headers" | "body">) =>
      send(world, { ...content, method: "PUT", url, isRepeatable: true, maxTries: PATIENT_TRIES }),
    /** A plan is committed once: the server answers a second commit with the same release. */
    commit: (planId: string, rest: { message?: string; protected?: boolean }) =>
      call<Api.CommitResponse>("POST", "/commit", {
        body: { plan_id: planId, ...rest },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    release: (request: PointerRequest) => post<Api.ReleaseResponse>("/release", request),
    rollback: (request: PointerRequest) => post<Api.RollbackResponse>("/rollback", request),
    preview: (request: Api.PreviewRequest) => post<Api.PreviewResponse>("/preview", request),
    setAccess: (request: Api.AccessRequest) => call<Api.AccessState>("PUT", "/access", { body: request }),
    createAccessLink: (request: Api.AccessLinkRequest) => post<Api.AccessLink>("/access/link", request),

    ...createLookCalls(call),
    ...createBinCalls(call),
    ...createDomainCalls(call),
    ...createRetentionCalls(call),
    ...createArchiveCalls(world, endpoint, authorization, call),
    ...createTeamCalls(call),
    ...createQuotaCalls(call),
    ...createTokenCalls(call),
  };
}

type PointerRequest = {
  readonly project: string;
  readonly environment: Environment;
  readonly image_id?: string;
  readonly version?: string;
  readonly password?: string;
  readonly expected_release?: string;
  readonly in_order?: "releases" | "commits";
};
