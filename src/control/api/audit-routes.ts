import { api } from "#wire";
import type { Context } from "../context.ts";
import { type Actor, requireAllSites } from "../identity/actor.ts";
import { type AuditFilter, exportEvents, listEvents } from "../identity/audit-log.ts";
import { findAnySite } from "../release/sites.ts";
import { addRoute, admit, type Api, check, describePermission, z } from "./route.ts";

const tag = "Audit log";
const MEDIA_TYPE = "application/x-ndjson";

const exported = api.auditFilter.extend({
  workspace: z.string().max(100).optional().meta({
    description: "The workspace's id, in the place of the header X-Sitepod-Workspace: links have none",
  }),
});

type Query = z.infer<typeof api.auditFilter>;

export function addAuditRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/audit",
      tag,
      summary: "Who changed what, newest first",
      permission: "audit:read",
      query: api.auditFilter.extend({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
      answer: api.auditList,
    },
    async ({ actor, query }) => await listEvents(context, actor, await filterOf(context, actor, query), query.limit),
  );

  app.get("/audit/export", async (request) => {
    const caller = await admit(request, "audit:read");
    const { workspace, ...query } = check(exported, request.req.query(), "query")!;
    const actor = workspace === undefined ? caller : { ...caller, chosenWorkspace: workspace };
    const lines = await exportEvents(context, actor, await filterOf(context, actor, query));
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await lines.return(undefined);
      },
    });
    return new Response(body, { headers: { "content-type": MEDIA_TYPE, "cache-control": "no-store" } });
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/audit/export",
    tags: [tag],
    summary: "The same without a limit, as NDJSON: one event a line",
    ...describePermission("audit:read"),
    request: { query: exported },
    responses: {
      200: { description: "The events", content: { [MEDIA_TYPE]: { schema: z.string() } } },
      403: { description: "Not yours", content: { "application/json": { schema: api.errorBody } } },
    },
  });
}

async function filterOf(context: Context, actor: Actor, { project, ...rest }: Query): Promise<AuditFilter> {
  if (project !== undefined) return { ...rest, site: (await findAnySite(context, actor, project)).site };
  requireAllSites(actor);
  return rest;
}
