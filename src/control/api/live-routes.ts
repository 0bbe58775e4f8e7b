import { parseVersion, SitepodError } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { findHearing } from "../live/hearing.ts";
import { createDeployLogs } from "../live/deploy-log.ts";
import { findDeployRow, isDeployOver, listDeploys, readLines } from "../release/deploys.ts";
import { findSite } from "../release/sites.ts";
import { addRoute, admit, type Api, type ApiRequest, describePermission, z } from "./route.ts";
import { byProject } from "./site-routes.ts";

const tag = "Live";
const byId = z.object({ id: z.string().max(100) });
const STREAM = { "text/event-stream": { schema: z.string() } };
const error = (description: string) => ({ description, content: { "application/json": { schema: api.errorBody } } });
const lastEvent = z.object({
  last_event_id: z.string().max(200).optional().meta({ description: "In the place of the header Last-Event-ID" }),
});

/** The routes that tell what happens as it happens. */
export function addLiveRoutes(app: Api, context: Context): void {
  addDeployRoutes(app, context);
  addChangesRoute(app, context);
}

function addDeployRoutes(app: Api, context: Context): void {
  const { live } = context;
  const logs = createDeployLogs(
    (id, after) => readLines(context, id, after),
    (id) => isDeployOver(context, id),
  );
  live.onDeploy(logs.wake);

  addRoute(
    app,
    {
      method: "get",
      path: "/deploys",
      tag,
      summary: "The deploys of a site, the latest first, or those that a release came from",
      permission: "site:read",
      query: byProject.extend({
        version: z.string().max(20).optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      answer: api.deployList,
    },
    async ({ actor, query }) => {
      const version = query.version === undefined ? undefined : parseVersion(query.version);
      return await listDeploys(context, await findSite(context, actor, query.project), query.limit, version);
    },
  );

  app.get("/deploys/:id/log", async (request) => {
    const actor = await admit(request, "site:read");
    const id = request.req.param("id");
    const deploy = await findDeployRow(context, id);
    const unknown = new SitepodError("not_found", "There is no such deploy. List a site's by GET /deploys.");
    // Looked for also where there is no deploy: nobody can tell one that is not theirs by how long it takes.
    await findSite(context, actor, deploy?.site_id ?? id).catch((error: unknown) => {
      const isRefusal = error instanceof SitepodError && ["not_found", "forbidden"].includes(error.code);
      throw isRefusal ? unknown : error;
    });
    if (!deploy) throw unknown;
    const after = Number(lastEventId(request) ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) {
      throw new SitepodError("invalid", "The Last-Event-ID is not the number of a line.");
    }
    return await live.streams.answer((wake) => logs.feed(id, after, wake));
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/deploys/{id}/log",
    tags: [tag],
    summary: "The log of a deploy, line by line as it comes (server-sent events)",
    ...describePermission("site:read"),
    request: { params: byId, query: lastEvent },
    responses: {
      200: { description: "Events `line`, each with a deploy line; `end` where no more will come", content: STREAM },
      404: error("No such deploy"),
      429: error("Too many streams are open"),
    },
  });
}

function addChangesRoute(app: Api, context: Context): void {
  app.get("/events", async (request) => {
    const actor = await admit(request, "site:read");
    const mayHear = await findHearing(context, actor);
    const { live } = context;
    return await live.streams.answer((wake) => live.feedChanges(mayHear, lastEventId(request), wake));
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/events",
    tags: [tag],
    summary: "What changes in your sites, as it changes (server-sent events)",
    ...describePermission("site:read"),
    request: { query: lastEvent },
    responses: {
      200: {
        description: "Events `change`; `reset` where some may be missing: ask for everything again",
        content: STREAM,
      },
      429: error("Too many streams are open"),
    },
  });
}

/** What the client has seen last: a browser says it by itself where its stream breaks off. */
const lastEventId = (request: ApiRequest): string | undefined =>
  request.req.header("last-event-id") ?? request.req.query("last_event_id");
