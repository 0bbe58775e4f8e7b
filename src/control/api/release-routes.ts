import { SitepodError, type Environment } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import { type Actor, requireEnvironment } from "../identity/actor.ts";
import { commitUpload } from "../release/commit.ts";
import { listFiles, listHistory, listImages, readCurrent } from "../release/history.ts";
import { requireFewFiles } from "../quota/limits.ts";
import { planUpload } from "../release/plan.ts";
import { releaseSite, rollBackSite } from "../release/pointers.ts";
import { createPreview, deletePreview, listPreviews } from "../release/previews.ts";
import { createReceivedLines } from "../release/received-lines.ts";
import { createReceiver } from "../release/upload.ts";
import { findSite, holdSite } from "../release/sites.ts";
import { addRoute, type Api, type ApiRequest, z } from "./route.ts";
import { byProject } from "./site-routes.ts";
import { addUploadRoutes } from "./upload-routes.ts";

/** A file takes about 250 bytes of a plan, and so many where its path is as long as it can be. */
const PLAN_BYTES_PER_FILE = 2048;
/** Enough that a plan of too many files is read, and told that it has. */
const MIN_PLAN_BYTES = 4 * 1024 * 1024;
/** The server takes no larger request, other than files. */
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

export function addDeployRoutes(app: Api, context: Context): void {
  const tag = "Deploy";

  addRoute(
    app,
    {
      method: "post",
      path: "/plan",
      tag,
      summary: "Begin a deploy: list its files, learn which contents are missing",
      permission: "site:deploy",
      body: api.planRequest,
      answer: api.planResponse,
      maxBodyBytes: maxPlanBytes(context.settings.maxFilesPerDeploy),
      refuse: (body) => {
        const files = (body as { files?: unknown } | null)?.files;
        if (Array.isArray(files)) requireFewFiles(context.settings, files.length);
      },
    },
    async ({ actor, body, request }) => await planUpload(context, actor, body, originOf(context, request)),
  );

  const received = createReceivedLines(context);
  const receiver = createReceiver(context, received);
  addUploadRoutes(app, receiver, tag);

  addRoute(
    app,
    {
      method: "post",
      path: "/commit",
      tag,
      summary: "End a deploy: make its contents durable and record the release",
      permission: "site:deploy",
      body: api.commitRequest,
      answer: api.commitResponse,
    },
    async ({ actor, body, request }) => {
      const trigger = /sitepod/i.test(request.req.header("user-agent") ?? "") ? "cli" : "api";
      const commit = {
        uploadId: body.plan_id,
        message: body.message ?? undefined,
        isProtected: body.protected,
        trigger,
      } as const;
      receiver.forget(body.plan_id);
      return await commitUpload(context, actor, commit, received);
    },
  );
}

const maxPlanBytes = (maxFiles: number): number =>
  Math.min(MAX_PLAN_BYTES, MIN_PLAN_BYTES + PLAN_BYTES_PER_FILE * maxFiles);

/** The origin a client reached us by: the console's, or the bare address it used before DNS was set up. */
function originOf(context: Context, request: ApiRequest): string {
  const host = request.req.header("host");
  const { console } = context.addresses;
  return host === undefined || host === new URL(console).host ? console : `http://${host}`;
}

interface Pointer {
  readonly environment?: Environment | undefined;
  readonly env?: Environment | undefined;
  readonly image_id?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly expected_version?: number | undefined;
}

function moveOf(actor: Actor, body: Pointer) {
  const environment = body.environment ?? body.env;
  if (!environment) throw new SitepodError("invalid", 'The request needs an environment: "prod" or "beta".');
  requireEnvironment(actor, environment);
  return {
    environment,
    choice: { imageId: body.image_id, version: body.version },
    expectedVersion: body.expected_version,
  };
}

export function addPointerRoutes(app: Api, context: Context): void {
  const tag = "Environments";

  addRoute(
    app,
    {
      method: "post",
      path: "/release",
      tag,
      summary: "Point an environment at a release: the newest, or the one named",
      permission: "site:deploy",
      body: api.releaseRequest,
      answer: api.releaseResponse,
    },
    async ({ actor, body }) =>
      await holdSite(context, actor, body.project, (site) =>
        releaseSite(context, actor, site, {
          ...moveOf(actor, body),
          password: body.password,
          order: { expectedRelease: body.expected_release, inOrder: body.in_order },
        }),
      ),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/rollback",
      tag,
      summary: "Point an environment back at an earlier release",
      permission: "site:rollback",
      body: api.rollbackRequest,
      answer: api.rollbackResponse,
    },
    async ({ actor, body }) =>
      await holdSite(context, actor, body.project, (site) => rollBackSite(context, actor, site, moveOf(actor, body))),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/current",
      tag,
      summary: "What an environment serves",
      permission: "site:read",
      query: byProject.extend({ environment: api.environment }),
      answer: api.current,
    },
    async ({ actor, query }) =>
      await readCurrent(context, await findSite(context, actor, query.project), query.environment),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/preview",
      tag,
      summary: "Point a temporary address at a release",
      permission: "site:deploy",
      body: api.previewRequest,
      answer: api.previewResponse,
    },
    async ({ actor, body }) => {
      const { image_id: imageId, slug, expires_in: expiresInS, password } = body;
      const wanted = { imageId, slug, expiresInS, password };
      return await holdSite(context, actor, body.project, (site) => createPreview(context, actor, site, wanted));
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/previews",
      tag,
      summary: "List a site's previews",
      permission: "site:read",
      query: byProject,
      answer: api.previewList,
    },
    async ({ actor, query }) => await listPreviews(context, await findSite(context, actor, query.project)),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/previews/{slug}",
      tag,
      summary: "End a preview",
      permission: "site:deploy",
      params: z.object({ slug: z.string().max(63) }),
      query: byProject,
      answer: api.message,
    },
    async ({ actor, params, query }) => {
      await holdSite(context, actor, query.project, (site) => deletePreview(context, actor, site, params.slug));
      return { message: `The preview ${params.slug} is deleted.` };
    },
  );
}

export function addHistoryRoutes(app: Api, context: Context): void {
  const tag = "History";

  addRoute(
    app,
    {
      method: "get",
      path: "/history",
      tag,
      summary: "Releases, newest first; with an environment, what it served",
      permission: "site:read",
      query: byProject.extend({
        environment: api.environment.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(20),
      }),
      answer: api.history,
    },
    async ({ actor, query }) =>
      await listHistory(context, await findSite(context, actor, query.project), query.environment, query.limit),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/images",
      tag,
      summary: "Contents that were released, newest first",
      permission: "site:read",
      query: byProject.extend({
        page: z.coerce.number().int().min(1).default(1),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      answer: api.imageList,
    },
    async ({ actor, query }) =>
      await listImages(context, await findSite(context, actor, query.project), query.page, query.limit),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/files",
      tag,
      summary: "The files of a release, or of what an environment serves",
      permission: "site:read",
      query: byProject.extend({
        environment: api.environment.optional(),
        version: z.string().max(20).optional(),
        image_id: z.string().max(100).optional(),
      }),
      answer: api.files,
    },
    async ({ actor, query }) => {
      const choice = { environment: query.environment, version: query.version, imageId: query.image_id };
      return await listFiles(context, await findSite(context, actor, query.project), choice);
    },
  );
}
