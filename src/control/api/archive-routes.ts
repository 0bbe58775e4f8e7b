import { api, ARCHIVE_MEDIA_TYPE, BATCH_MEDIA_TYPE, MAX_BATCH_BYTES } from "#wire";
import { abandonImport, beginImport, receiveContent, receiveContents } from "../archive/begin-import.ts";
import { commitImport } from "../archive/commit-import.ts";
import { exportSite } from "../archive/export-site.ts";
import type { Context } from "../context.ts";
import { recordAct } from "../identity/audit.ts";
import { findSite } from "../release/sites.ts";
import { addRoute, admit, type Api, describePermission, readBody, z } from "./route.ts";

/** A release takes a few hundred bytes, and five thousand where its message is as long as it can be. */
const MAX_COMMIT_BYTES = 64 * 1024 * 1024;

const tag = "Export and import";
const byId = z.object({ id: z.string().max(100) });

export function addArchiveRoutes(app: Api, context: Context): void {
  addExportRoute(app, context);
  addContentRoutes(app, context);
  addImportRoutes(app, context);
}

function addExportRoute(app: Api, context: Context): void {
  app.get("/projects/:id/export", async (request) => {
    const actor = await admit(request, "site:read");
    const site = await findSite(context, actor, request.req.param("id"));
    const archive = await exportSite(context, site);
    await recordAct(context, actor, "site.export", { site });
    return new Response(streamOf(archive), { headers: { "content-type": ARCHIVE_MEDIA_TYPE } });
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/projects/{id}/export",
    tags: [tag],
    summary: "A site with its releases as one archive: an OCI image layout in a tar, whose index comes last",
    ...describePermission("site:read"),
    request: { params: byId },
    responses: {
      200: { description: "The archive", content: { [ARCHIVE_MEDIA_TYPE]: { schema: z.string() } } },
      404: { description: "No such site", content: { "application/json": { schema: api.errorBody } } },
    },
  });
}

function addContentRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "post",
      path: "/imports/{id}/contents/{hash}",
      tag,
      summary: "Send one content as the raw body, with its Content-Length",
      permission: "site:create",
      takesContents: true,
      params: z.object({ id: z.string().max(100), hash: z.string().max(100) }),
      answer: api.uploadResponse,
    },
    async ({ actor, params, request }) => {
      const length = request.req.header("content-length");
      const body = request.req.raw.body ?? new Blob([]).stream();
      const lengthBytes = length === undefined ? undefined : Number(length);
      return await receiveContent(context, actor, params.id, { hash: params.hash, lengthBytes, body });
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/imports/{id}/contents",
      tag,
      summary: `Send many small contents as one body, ${BATCH_MEDIA_TYPE}`,
      permission: "site:create",
      takesContents: true,
      params: byId,
      answer: api.uploadBatchResponse,
    },
    async ({ actor, params, request }) => ({
      uploaded: await receiveContents(context, actor, params.id, await readBody(request, MAX_BATCH_BYTES)),
    }),
  );
}

function addImportRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "post",
      path: "/imports",
      tag,
      summary: "Begin to import a site, under a name that is free",
      permission: "site:create",
      body: api.importRequest,
      answer: api.importBegun,
    },
    async ({ actor, body }) => await beginImport(context, actor, body),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/imports/{id}/commit",
      tag,
      summary: "End an import: check all that was sent, and make the site with all its releases",
      permission: "site:create",
      params: byId,
      body: api.importCommitRequest,
      answer: api.importCommitted,
      maxBodyBytes: MAX_COMMIT_BYTES,
    },
    async ({ actor, params, body }) => await commitImport(context, actor, params.id, body),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/imports/{id}",
      tag,
      summary: "Give an import up, and forget what was sent",
      permission: "site:create",
      params: byId,
      answer: api.message,
    },
    async ({ actor, params }) => {
      await abandonImport(context, actor, params.id);
      return { message: "The import is given up." };
    },
  );
}

/** Reads on as the client does; what fails breaks the connection off, which is how the client learns of it. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
