import { api } from "#wire";
import type { Context } from "../context.ts";
import { type ReleasedFile, readFile } from "../release/read-file.ts";
import { findSite } from "../release/sites.ts";
import { admit, type Api, check, describePermission, z } from "./route.ts";
import { byProject } from "./site-routes.ts";

const byFile = byProject.extend({ version: z.string().max(20), path: z.string().min(1).max(4096) });

/** The route by which one file of a release is read: for the console, which shows what has changed in it. */
export function addContentRoutes(app: Api, context: Context): void {
  app.get("/files/content", async (request) => {
    const actor = await admit(request, "site:read");
    const { project, version, path } = check(byFile, request.req.query(), "query")!;
    const file = await readFile(context, await findSite(context, actor, project), { version }, path);
    return answerFile(file);
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/files/content",
    tags: ["History"],
    summary: "The content of one file of a release",
    ...describePermission("site:read"),
    request: { query: byFile },
    responses: {
      200: { description: "The bytes, as they were deployed", content: { "*/*": { schema: z.string() } } },
      404: { description: "No such file", content: { "application/json": { schema: api.errorBody } } },
    },
  });
}

/** What a tenant made is shown in the console as an image or as text, and is never a page of this origin. */
const answerFile = ({ type, content }: ReleasedFile): Response =>
  new Response(content, {
    headers: {
      "content-type": type.startsWith("image/") ? type : "application/octet-stream",
      "content-length": String(content.size),
      "content-disposition": "attachment",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "private, max-age=3600",
    },
  });
