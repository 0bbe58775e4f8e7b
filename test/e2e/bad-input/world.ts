import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Api } from "#wire";
import { register } from "../../harness/account.ts";
import { type DeployClient, deployClient } from "../../harness/deploy-client.ts";
import { type Server, startServer } from "../../harness/server.ts";
import { temporaryFolder } from "../../harness/temporary-folder.ts";
import { exchange } from "../../harness/tenant.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Who sends a request: an account, one of ann's tokens, nobody, or the text of an Authorization header. */
export type Sender = "admin" | "ann" | "bob" | "read" | "deploy" | "only-shop" | "revoked" | "expired" | null;

/** A server with two tenants who know each other's names and ids, and much that a request could be wrong about. */
export interface World extends AsyncDisposable {
  readonly server: Server;
  /** Sends a request to the API. A body of bytes or text is sent as it is, anything else as JSON. */
  send(sender: Sender, method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Answer>;
  /** Sends bytes as they are; the request asks for `Connection: close`. */
  sendRaw(request: string): Promise<Answer>;
  tokenOf(sender: Exclude<Sender, null>): string;
  /** Ann's plan, of which this content is missing; its hash, and the plan's own. */
  readonly plan: Api.PlanResponse;
  readonly expiredPlan: Api.PlanResponse;
  readonly bobsPlan: Api.PlanResponse;
  readonly annsImage: string;
  readonly bobsImage: string;
  readonly bobsTokenId: string;
}

/** The one file of ann's and bob's plans that is missing. */
export const MISSING_FILES = { "missing.txt": "the missing content" };
export const LIMITS = { files: 20, fileBytes: 1024 * 1024, deployBytes: 2 * 1024 * 1024, sites: 3 };

const serveFlags = ["--open-sign-up"];
const serveEnvironment = {
  SITEPOD_MAX_FILES_PER_DEPLOY: String(LIMITS.files),
  SITEPOD_MAX_FILE_SIZE: String(LIMITS.fileBytes),
  SITEPOD_MAX_DEPLOY_SIZE: String(LIMITS.deployBytes),
  SITEPOD_MAX_PROJECTS_PER_USER: String(LIMITS.sites),
};

export async function buildWorld(): Promise<World> {
  await using cleanup = new AsyncDisposableStack();
  const { path: data } = cleanup.use(await temporaryFolder());
  const options = { data, flags: serveFlags, env: serveEnvironment };
  const first = await startServer(options);
  const tokens = new Map<string, string>();
  for (const name of ["admin", "ann", "bob"]) {
    tokens.set(name, (await register(first.url, `${name}@example.com`)).token);
  }
  const clientOf = (name: string): DeployClient => deployClient({ endpoint: first.url, token: tokens.get(name) ?? "" });
  const ann = await fillAnns(clientOf("ann"), tokens);
  const bob = await fillBobs(clientOf("bob"));
  await first.stop();
  changeDatabase(data, ann.expiredPlan.plan_id);

  const server = cleanup.use(await startServer(options));
  const owned = cleanup.move();
  const tokenOf = (sender: string): string => tokens.get(sender) ?? "";
  return {
    server,
    ...ann,
    ...bob,
    tokenOf,
    async send(sender, method, path, body, more) {
      const headers = new Headers(more);
      if (sender !== null && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${tokenOf(sender)}`);
      const isRaw = typeof body === "string" || body instanceof Uint8Array || body === undefined;
      const sent = isRaw ? (body ?? null) : JSON.stringify(body);
      const init = { method, headers, body: sent as BodyInit | null };
      const response = await fetch(`${server.url}/api/v1${path}`, init);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    sendRaw: async (request) => parseAnswer(await exchange(server, request)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function fillAnns(client: DeployClient, tokens: Map<string, string>) {
  const page = { "index.html": "ann's page", "404.html": "not here" };
  const { image_id: annsImage } = await client.deploy("shop", page, "prod");
  await client.preview("shop", annsImage, "look");
  await client.call("POST", "/domains", { project: "shop", domain: "anns.example.com" });
  const plan = await client.plan("shop", MISSING_FILES);
  const expiredPlan = await client.plan("drafts", MISSING_FILES);
  const give = async (name: string, scope: string, more = {}) => {
    const token = await client.call<Api.TokenCreated>("POST", "/tokens", { name, scopes: [scope], ...more });
    tokens.set(name, token.token);
  };
  await give("read", "read");
  await give("deploy", "deploy");
  await give("only-shop", "admin", { project: "shop" });
  await give("expired", "admin", { expires_in: 3600 });
  await give("revoked", "admin");
  await client.call("DELETE", "/tokens/revoked");
  return { plan, expiredPlan, annsImage };
}

async function fillBobs(client: DeployClient) {
  const { image_id: bobsImage } = await client.deploy("bobs", { "index.html": "bob's page" }, "prod");
  await client.preview("bobs", bobsImage, "look");
  await client.call("POST", "/domains", { project: "bobs", domain: "bobs.example.com" });
  const bobsPlan = await client.plan("bobs", MISSING_FILES);
  await client.plan("bobs2", MISSING_FILES);
  await client.plan("bobs3", MISSING_FILES);
  const { tokens } = await client.call<{ tokens: Api.Token[] }>("GET", "/tokens");
  return { bobsImage, bobsPlan, bobsTokenId: tokens[0]?.id ?? "" };
}

/** Lets time pass for one plan and one token, and has bob's domain be his. */
function changeDatabase(data: string, planId: string): void {
  using database = new Database(join(data, "db", "sitepod.db"));
  const past = "2020-01-01T00:00:00.000Z";
  database.run("update uploads set expires_at = ? where id = ?", [past, planId]);
  database.run("update tokens set expires_at = ? where name = 'expired'", [past]);
  const now = new Date().toISOString();
  const verify = "update domains set status = 'active', verified_at = ?, checked_at = ? where hostname = ?";
  database.run(verify, [now, now, "bobs.example.com"]);
}

function parseAnswer(received: string): Answer {
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(":")[0] ?? "", line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, text: rest.join("\r\n\r\n") };
}
