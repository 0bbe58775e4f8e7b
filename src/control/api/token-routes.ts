import { SitepodError } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { type Actor, requireWholeAccount } from "../identity/actor.ts";
import { createToken, listTokens, listWorkspaceTokens, revokeToken, revokeWorkspaceToken } from "../identity/tokens.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { findSite } from "../release/sites.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byWorkspace } from "./workspace-routes.ts";

const tag = "Tokens";
const byId = z.object({ id: z.string().max(100) });

export function addTokenRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/tokens",
      tag,
      summary: "List your tokens",
      permission: "account:write",
      answer: api.tokenList,
    },
    async ({ actor }) => await listTokens(context, actor),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/tokens",
      tag,
      summary: "Create a token; its text is shown this once",
      permission: "token:write",
      body: api.tokenRequest,
      answer: api.tokenCreated,
    },
    async ({ actor, body }) => {
      requireWholeAccount(actor);
      if (body.environments && body.scopes.includes("admin")) {
        throw new SitepodError("invalid", "A token of the scope admin cannot be restricted to environments.");
      }
      return await createToken(context, actor, {
        userId: actor.userId,
        name: body.name,
        scopes: body.scopes,
        environments: body.environments,
        expiresInS: body.expires_in,
        ...(await placeOf(context, actor, body.project)),
      });
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/tokens/{id}",
      tag,
      summary: "Revoke a token, by its id or name",
      permission: "account:write",
      params: byId,
      answer: api.message,
    },
    async ({ actor, params }) => {
      await revokeToken(context, actor, params.id);
      return { message: "The token is revoked." };
    },
  );

  addWorkspaceTokenRoutes(app, context);
}

/** The site that a token is for, or the workspace that the request names; neither: wherever the account may go. */
async function placeOf(context: Context, actor: Actor, project: string | undefined) {
  if (project !== undefined) return { site: await findSite(context, actor, project) };
  const named = actor.chosenWorkspace;
  return named === undefined ? {} : { workspaceId: (await findWorkspace(context, actor, named)).id };
}

function addWorkspaceTokenRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/tokens",
      tag,
      summary: "List the tokens that are the workspace's, whoever made them",
      permission: "token:manage",
      params: byWorkspace,
      answer: api.workspaceTokenList,
    },
    async ({ actor, params }) =>
      await listWorkspaceTokens(context, (await findWorkspace(context, actor, params.workspace)).id),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/workspaces/{workspace}/tokens/{id}",
      tag,
      summary: "Revoke a token of the workspace, by its id or name",
      permission: "token:manage",
      params: byWorkspace.extend(byId.shape),
      answer: api.message,
    },
    async ({ actor, params }) => {
      const { id } = await findWorkspace(context, actor, params.workspace);
      await revokeWorkspaceToken(context, actor, id, params.id);
      return { message: "The token is revoked." };
    },
  );
}
