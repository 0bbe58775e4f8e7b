import { gunzipSync } from "node:zlib";
import { SitepodError } from "#model";
import { giveBack } from "#store";
import { api, BATCH_MEDIA_TYPE, MAX_BATCH_BYTES } from "#wire";
import type { Receiver } from "../release/upload.ts";
import { addRoute, type Api, readBody, z } from "./route.ts";

/** The routes by which contents arrive: one, many small ones, or a large one part by part. */
export function addUploadRoutes(app: Api, receiver: Receiver, tag: string): void {
  addRoute(
    app,
    {
      method: "post",
      path: "/upload/{plan_id}/{hash}",
      tag,
      summary: "Send one content as the raw body, with its Content-Length",
      permission: "site:deploy",
      takesContents: true,
      params: z.object({ plan_id: z.string().max(100), hash: z.string().max(100) }),
      answer: api.uploadResponse,
    },
    async ({ actor, params, request }) => {
      const length = request.req.header("content-length");
      const body = request.req.raw.body ?? new Blob([]).stream();
      const lengthBytes = length === undefined ? undefined : Number(length);
      return await receiver.one(actor, params.plan_id, params.hash, lengthBytes, body);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/upload/{plan_id}",
      tag,
      summary: `Send many small contents as one body, ${BATCH_MEDIA_TYPE}`,
      permission: "site:deploy",
      takesContents: true,
      params: z.object({ plan_id: z.string().max(100) }),
      answer: api.uploadBatchResponse,
    },
    async ({ actor, params, request }) => {
      const body = decodeBatch(await readBody(request, MAX_BATCH_BYTES), request.req.header("content-encoding"));
      const uploaded = await receiver.batch(actor, params.plan_id, body);
      giveBack(body);
      return { uploaded };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/upload/{plan_id}/{hash}/{offset}",
      tag,
      summary: "Send the part of a large content that begins at an offset; with an empty body, ask where to go on",
      permission: "site:deploy",
      takesContents: true,
      params: z.object({
        plan_id: z.string().max(100),
        hash: z.string().max(100),
        offset: z.coerce.number().int().min(0),
      }),
      answer: api.uploadPartResponse,
    },
    async ({ actor, params, request }) => {
      const body = request.req.raw.body ?? new Blob([]).stream();
      return await receiver.part(actor, params.plan_id, params.hash, params.offset, body);
    },
  );
}

/** Takes a compressed batch apart. Throws SitepodError: `too_large`, `invalid` where it is not what its encoding says. */
function decodeBatch(body: Uint8Array<ArrayBuffer>, encoding: string | undefined): Uint8Array<ArrayBuffer> {
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip")
    throw new SitepodError("invalid", "The body's Content-Encoding is none that is taken: gzip.");
  try {
    return new Uint8Array(gunzipSync(body, { maxOutputLength: MAX_BATCH_BYTES }));
  } catch (cause) {
    const isTooLarge = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge)
      throw new SitepodError("too_large", `The batch is larger than ${MAX_BATCH_BYTES} bytes.`, { cause });
    throw new SitepodError("invalid", "The body is not gzip, which its Content-Encoding says.", { cause });
  }
}
