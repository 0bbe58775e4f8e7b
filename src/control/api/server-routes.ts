import { isIP } from "node:net";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { describeServer } from "../describe-server.ts";
import type { Accounts } from "../identity/accounts.ts";
import { cleanUpByHand } from "../retention/by-hand.ts";
import type { Watched } from "../watched.ts";
import { addRoute, type Api, describePermission } from "./route.ts";

export function addServerRoutes(app: Api, context: Context, accounts: Accounts, { health, metrics }: Watched): void {
  const tag = "Server";

  app.get("/health", health);
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/health",
    tags: [tag],
    summary: "How the server is; 503 only where serving is impaired",
    ...describePermission("none"),
    responses: {
      200: { description: "Serving", content: { "application/json": { schema: api.health } } },
      503: { description: "Storage cannot be used", content: { "application/json": { schema: api.health } } },
    },
  });

  addRoute(
    app,
    {
      method: "get",
      path: "/config",
      tag,
      summary: "What a client must know of this server",
      permission: "none",
      answer: api.serverConfig,
    },
    async () => ({
      domain: context.addresses.domain,
      is_demo: false,
      version: context.settings.version,
      console_url: context.addresses.console,
      builds_on_pods: true,
      upload_mode: context.store.presign ? ("presigned" as const) : ("direct" as const),
      sign_up: await accounts.signUpPolicy(),
      sign_in: {
        password_mail: context.sendMail !== undefined,
        // WebAuthn knows names only: a console at an address has none.
        passkeys: isIP(context.addresses.domain) === 0,
        device: true,
        provider: context.settings.oidc?.name ?? null,
      },
      limits: {
        max_files: context.settings.maxFilesPerDeploy,
        max_file_size: context.settings.maxFileBytes,
        max_deploy_size: context.settings.maxDeployBytes,
      },
    }),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/server",
      tag,
      summary: "What the server has left of its disk, its last backup, its certificates (administrators)",
      permission: "server:operate",
      answer: api.serverState,
    },
    async () => await describeServer(context),
  );

  app.get("/metrics", metrics);

  addRoute(
    app,
    {
      method: "post",
      path: "/cleanup",
      tag,
      summary: "Forget expired previews and uploads (administrators)",
      permission: "server:operate",
      answer: api.cleaned,
    },
    async ({ actor: operator }) => await cleanUpByHand(context, operator),
  );
}
