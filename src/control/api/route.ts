import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context as Request } from "hono";
import { type Permission, ruleOf, SitepodError } from "#model";
import { api } from "#wire";
import { actFor, type Actor } from "../identity/actor.ts";

/** Who makes a request, looked up when first asked for. */
export interface Caller {
  readonly address: string | null;
  /** What the log names the request by; undefined where nobody gave it an id. */
  readonly requestId: string | undefined;
  /** Throws SitepodError `unauthorized` where nobody is logged in. */
  readonly findActor: () => Promise<Actor>;
  /** Counts the request for who makes it. Throws SitepodError `rate_limited` where they have made too many. */
  readonly countRequest: (actor: Actor) => Promise<void>;
  /** The same, or the server itself where the request shows the operator's token. */
  readonly findOperator: () => Promise<Actor>;
}

export type Api = OpenAPIHono<{ Bindings: Caller }>;
export type ApiRequest = Request<{ Bindings: Caller }>;

type Method = "get" | "post" | "put" | "delete";

interface RouteDefinition<Params, Query, Body, Answer> {
  readonly method: Method;
  /** As OpenAPI writes it: `/projects/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** What the caller must have; "none": anybody may call it. */
  readonly permission: Permission | "none";
  /** Whether it takes contents that were planned, which are as many as a deploy may have: these are not counted. */
  readonly takesContents?: boolean;
  readonly params?: z.ZodObject & z.ZodType<Params>;
  readonly query?: z.ZodObject & z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Refuses a body that would cost too much to check by the schema, which collects every fault there is. */
  readonly refuse?: (body: unknown) => void;
  readonly answer: z.ZodType<Answer>;
  /** The largest body, in bytes, where the default is too small. */
  readonly maxBodyBytes?: number;
}

interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly actor: Actor;
  readonly request: ApiRequest;
}

/** Enough for every message but the list of files of a deploy. */
const DEFAULT_MAX_BODY_BYTES = 256 * 1024;

/** Adds one route: checks the caller and the message by the definition, from which the OpenAPI document is made too. */
export function addRoute<Answer, Params = unknown, Query = unknown, Body = unknown>(
  app: Api,
  definition: RouteDefinition<Params, Query, Body, Answer>,
  answer: (call: Call<Params, Query, Body>) => Promise<Answer>,
): void {
  app.openAPIRegistry.registerPath(describe(definition));
  app.on(definition.method.toUpperCase(), honoPath(definition.path), async (request) => {
    const actor = await admit(request, definition.permission, definition.takesContents);
    const params = check(definition.params, request.req.param(), "path");
    const query = check(definition.query, request.req.query(), "query");
    const body = definition.body ? await readMessage(request, definition, definition.body) : undefined;
    const result = await answer({
      params: params as Params,
      query: query as Query,
      body: body as Body,
      actor,
      request,
    });
    return request.json(result as object);
  });
}

/**
 * Finds who calls a route, refuses whoever can never have its permission, and counts the request as theirs; what keeps the
 * server running is not counted. Throws SitepodError: `unauthorized`, `forbidden`, `rate_limited`.
 */
export async function admit(
  request: ApiRequest,
  permission: Permission | "none",
  takesContents = false,
): Promise<Actor> {
  if (permission === "none") return NOBODY;
  if (ruleOf(permission).of === "server") return actFor(await request.env.findOperator(), permission);
  const actor = actFor(await request.env.findActor(), permission);
  if (!takesContents) await request.env.countRequest(actor);
  return actor;
}

/** What the OpenAPI document says of a route's permission. */
export const describePermission = (permission: Permission | "none") => ({
  "x-permission": permission,
  ...(permission === "none" ? {} : { security: [{ token: [ruleOf(permission).scope] }] }),
});

/** Stands for the caller of a route that anybody may call, and may do nothing. */
const NOBODY: Actor = {
  userId: "",
  email: "",
  isAdmin: false,
  scopes: new Set(),
  siteId: null,
  tokenName: null,
  address: null,
};

function describe<P, Q, B, A>(definition: RouteDefinition<P, Q, B, A>) {
  const json = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
  const error = (description: string) => ({ description, ...json(api.errorBody) });
  return createRoute({
    method: definition.method,
    path: definition.path,
    tags: [definition.tag],
    summary: definition.summary,
    ...describePermission(definition.permission),
    request: {
      ...(definition.params ? { params: definition.params } : {}),
      ...(definition.query ? { query: definition.query } : {}),
      ...(definition.body ? { body: { required: true, ...json(definition.body) } } : {}),
    },
    responses: {
      200: { description: "Done", ...json(definition.answer) },
      ...(definition.body || definition.query ? { 400: error("The request is not valid") } : {}),
      ...(definition.permission === "none"
        ? {}
        : {
            401: error("No token, or not a valid one"),
            403: error("Not yours"),
            429: error("Too many requests in this minute"),
          }),
      503: error("The database cannot be used; sites keep serving"),
    },
  });
}

const honoPath = (path: string) => path.replaceAll(/\{([a-z_]+)\}/g, ":$1");

/** Reads a part of a message by its schema. Throws SitepodError `invalid` with every fault. */
export function check<T>(schema: z.ZodType<T> | undefined, value: unknown, place: string): T | undefined {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 100).map((issue) => {
    const at = [place, ...issue.path].join("/");
    return `${at}: ${issue.message}`;
  });
  throw new SitepodError("invalid", `The request is not valid: ${faults[0]}.`, { faults });
}

async function readMessage<P, Q, B, A>(
  request: ApiRequest,
  { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, refuse }: RouteDefinition<P, Q, B, A>,
  schema: z.ZodType<B>,
): Promise<B | undefined> {
  const body = await readJson(request, maxBodyBytes);
  refuse?.(body);
  return check(schema, body, "body");
}

/** Reads a JSON body of bounded size. Throws SitepodError: `too_large`, `invalid` where it is not JSON. */
async function readJson(request: ApiRequest, maxBytes: number): Promise<unknown> {
  const bytes = await readBody(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SitepodError("invalid", "The body is not JSON.", { cause });
  }
}

/** Reads a whole body of bounded size. Throws SitepodError `too_large`. */
export async function readBody(request: ApiRequest, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new SitepodError("too_large", `The request is larger than ${maxBytes} bytes.`);
  const told = request.req.header("content-length");
  if (Number(told ?? 0) > maxBytes) throw tooLarge();
  // What has a length has no more bytes: they need not be put together here.
  if (told !== undefined) return new Uint8Array(await request.req.raw.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.req.raw.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

export { z };
