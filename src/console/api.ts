import type { Environment, ShownAs, TrafficRange } from "#model";
import type { Api } from "#wire";

/** A request that failed. `message` is the server's own sentence; `status` is 0 where no server answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: readonly string[];
  /** What was asked for, where a move waits for another member. */
  readonly approvalId: string | undefined;

  constructor(status: number, body: Partial<Api.ErrorBody>) {
    super(body.message ?? `The server answered with status ${status}. Try again.`);
    this.status = status;
    this.code = body.error ?? "unknown";
    this.faults = body.faults ?? [];
    this.approvalId = body.approval_id;
  }
}

/** The longest list that the server gives of releases or events. */
export const MAX_LISTED = 500;

export type Domain = Api.DomainList["domains"][number];
export type Preview = Api.PreviewList["previews"][number];
export type AuditEvent = Api.AuditList["events"][number];
export type ReleaseFile = Api.Files["files"][number];
export interface NewToken {
  name: string;
  scopes: Api.TokenScope[];
  project?: string;
  environments?: Environment[];
  expires_in?: number;
}
interface PointerMove {
  project: string;
  environment: Environment;
  version: string;
  /** Where it is given, the pointer moves only if nobody else has moved it. */
  expected_version?: number;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";
type Query = Record<string, string | number | undefined>;

let onSessionEnded = () => {};
/** Sets what happens when the server no longer knows the session. */
export function whenSessionEnds(react: () => void): void {
  onSessionEnded = react;
}

let workspaceId: string | undefined;
/** Sets the workspace that requests mean: where new sites go, and whose lists are asked for. */
export function setWorkspace(id: string | undefined): void {
  workspaceId = id;
}
/** The headers of a request that means another workspace, or none of them. */
export const inWorkspace = (id: string): Record<string, string> => ({ "X-Sitepod-Workspace": id });
export const EVERYWHERE: Record<string, string> = {};
const inChosen = () => (workspaceId === undefined ? EVERYWHERE : inWorkspace(workspaceId));

export const api = {
  config: () => call<Api.ServerConfig>("GET", "/config"),
  /** Who is logged in here, null where nobody is. */
  me: async () => (await call<Api.CurrentUser>("GET", "/auth/session")).user,
  login: (request: Api.LoginRequest) =>
    call<Api.LoginResponse>("POST", "/auth/login", request, { "X-Sitepod-Session": "cookie" }),
  /** Ends the session; one that has already ended is no error. */
  logout: () => orNull(call<unknown>("POST", "/auth/logout"), 401),
  deleteAccount: () => call<unknown>("DELETE", "/account"),

  sites: () => call<Api.Project[]>("GET", "/projects"),
  /** Those of all workspaces. */
  everySite: () => call<Api.Project[]>("GET", "/projects", undefined, EVERYWHERE),
  site: (name: string) => call<Api.Project>("GET", `/projects/${encodeURIComponent(name)}`),
  deleteSite: (id: string) => call<Api.SiteDeleted>("DELETE", `/projects/${encodeURIComponent(id)}`),
  /** The deleted sites that can be restored, those that go next first. */
  bin: async () => (await call<Api.Bin>("GET", "/bin")).sites,
  restoreSite: (id: string) => call<Api.SiteRestored>("POST", `/bin/${encodeURIComponent(id)}/restore`),
  purgeSite: (id: string) => call<Api.SiteDeleted>("DELETE", `/bin/${encodeURIComponent(id)}`),
  setRetention: (id: string, rules: Api.RetentionRequest) =>
    call<Api.Retention>("PUT", `/projects/${encodeURIComponent(id)}/retention`, rules),
  dropRetention: (id: string) => call<Api.Retention>("DELETE", `/projects/${encodeURIComponent(id)}/retention`),
  rename: (project: string, subdomain: string) =>
    call<Api.Renamed>("PUT", `/domains/rename${query({ project })}`, { new_subdomain: subdomain }),
  addDomain: (request: Api.DomainRequest) => call<Api.DomainCreated>("POST", "/domains", request),
  verifyDomain: (domain: string) => call<Api.DomainVerified>("POST", `/domains/${encodeURIComponent(domain)}/verify`),
  removeDomain: (domain: string, slug: string) =>
    call<unknown>("DELETE", `/domains/${encodeURIComponent(domain)}${query({ slug })}`),
  domains: async (project: string) => (await call<Api.DomainList>("GET", `/domains${query({ project })}`)).domains,

  history: async (project: string, options: { limit?: number; environment?: Environment } = {}) =>
    (await call<Api.History>("GET", `/history${query({ project, ...options })}`)).items,
  /** What an environment serves, null where nothing was released to it. */
  current: (project: string, environment: Environment) =>
    orNull(call<Api.Current>("GET", `/current${query({ project, environment })}`), 404),
  /** What a site was asked for, under all of its addresses where no environment is given. */
  traffic: (project: string, range: TrafficRange, environment?: ShownAs) =>
    call<Api.Traffic>("GET", `/projects/${encodeURIComponent(project)}/traffic${query({ range, environment })}`),
  files: async (project: string, version: string) =>
    (await call<Api.Files>("GET", `/files${query({ project, version })}`)).files,
  /** The content of one file of a release, as text. */
  fileText: (project: string, version: string, path: string) => readText(fileAddress(project, version, path)),
  /** Whether a new site could have this name. */
  checkName: (subdomain: string) => call<Api.Availability>("GET", `/subdomain/check${query({ subdomain })}`),
  plan: (request: Api.PlanRequest, signal: AbortSignal) =>
    call<Api.PlanResponse>("POST", "/plan", request, undefined, signal),
  commit: (request: Api.CommitRequest, signal: AbortSignal) =>
    call<Api.CommitResponse>("POST", "/commit", request, undefined, signal),
  /** The deploys of a site, the latest first; with a version, those that the release came from. */
  deploys: async (project: string, options: { version?: string; limit?: number } = {}) =>
    (await call<Api.DeployList>("GET", `/deploys${query({ project, ...options })}`)).deploys,
  release: (move: PointerMove) => call<Api.ReleaseResponse>("POST", "/release", move),
  rollback: (move: PointerMove) => call<Api.RollbackResponse>("POST", "/rollback", move),

  previews: async (project: string) => (await call<Api.PreviewList>("GET", `/previews${query({ project })}`)).previews,
  createPreview: (request: Api.PreviewRequest) => call<Api.PreviewResponse>("POST", "/preview", request),
  deletePreview: (project: string, slug: string) =>
    call<unknown>("DELETE", `/previews/${encodeURIComponent(slug)}${query({ project })}`),

  access: (project: string) => call<Api.AccessList>("GET", `/access${query({ project })}`),
  setAccess: (request: Api.AccessRequest) => call<Api.AccessState>("PUT", "/access", request),
  createAccessLink: (request: Api.AccessLinkRequest) => call<Api.AccessLink>("POST", "/access/link", request),

  /** Makes a token for the workspace that is shown, or for all that the account may reach. */
  createToken: (request: NewToken, reach: "workspace" | "everywhere") =>
    call<Api.TokenCreated>("POST", "/tokens", request, reach === "workspace" ? undefined : EVERYWHERE),
  revokeToken: (id: string) => call<unknown>("DELETE", `/tokens/${encodeURIComponent(id)}`),
};

/** Sends one message, and reads the answer's. Throws an ApiError; where `signal` ends it, the signal's reason. */
export async function call<T>(
  method: Method,
  path: string,
  body?: unknown,
  headers: Record<string, string> = inChosen(),
  signal?: AbortSignal,
): Promise<T> {
  const request: RequestInit = {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  };
  const response = await fetch(`/api/v1${path}`, request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw noAnswer();
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  if (response.status === 401 && !isAnswer(method, path)) onSessionEnded();
  throw new ApiError(response.status, answer as Partial<Api.ErrorBody>);
}

const noAnswer = () =>
  new ApiError(0, { message: "The server does not answer. Check that it runs and that you are online." });

/** Whether 401 may be about what was asked, such as a wrong password, rather than about the session. */
const isAnswer = (method: Method, path: string) =>
  path === "/auth/info" || (path.startsWith("/auth/") && method !== "GET");

export function query(values: Query): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === status) return null;
    throw error;
  }
}

/** Where the content of one file of a release is. */
export const fileAddress = (project: string, version: string, path: string): string =>
  `/api/v1/files/content${query({ project, version, path })}`;

/** Where the log of a deploy is told line by line. */
export const deployLogAddress = (id: string): string => `/api/v1/deploys/${encodeURIComponent(id)}/log`;

/** Where every change is told. */
export const CHANGES_ADDRESS = "/api/v1/events";

async function readText(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new ApiError(response.status, (await response.json()) as Partial<Api.ErrorBody>);
  return await response.text();
}

/** Why the server gives no stream at an address now; undefined where it does. */
export async function findRefusal(address: string): Promise<ApiError | undefined> {
  try {
    const response = await fetch(address);
    if (!response.ok) return new ApiError(response.status, (await response.json()) as Partial<Api.ErrorBody>);
    await response.body?.cancel();
    return undefined;
  } catch {
    return noAnswer();
  }
}
