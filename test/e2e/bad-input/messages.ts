import { ask, type BadInput } from "./case.ts";
import type { Answer, World } from "./world.ts";

const body = (sent: string | Uint8Array) => ask("ann", "POST", "/release", () => sent);
const notJson = /^The body is not JSON/;

/** Announces a body that never comes: it must be refused by its length alone. */
const announced =
  (path: string, lengthBytes: number) =>
  (world: World): Promise<Answer> =>
    world.sendRaw(
      `POST /api/v1${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
        `Authorization: Bearer ${world.tokenOf("ann")}\r\nContent-Length: ${lengthBytes}\r\n\r\n`,
    );

export const badMessages: readonly BadInput[] = [
  ["a body that is no JSON", body("{project: shop}"), 400, "invalid", notJson],
  ["a body that is cut off", body('{"project":"shop","env'), 400, "invalid", notJson],
  ["no body", body(""), 400, "invalid", notJson],
  ["a body that is not UTF-8", body(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), 400, "invalid", notJson],
  ["a list", body("[]"), 400, "invalid", /^The request is not valid: body: /],
  ["null", body("null"), 400, "invalid", /^The request is not valid: body: /],
  ["text", body('"release it"'), 400, "invalid", /^The request is not valid: body: /],
  ["a number for a name", body('{"project":5,"environment":"prod"}'), 400, "invalid", /body\/project/],
  ["a body nested beyond any use", body("[".repeat(100_000)), 400, "invalid", notJson],
  [
    "a body nested beyond any use, and well formed",
    body("[".repeat(100_000) + "]".repeat(100_000)),
    400,
    "invalid",
    /^The (request is not valid|body is not JSON)/,
  ],
  ["an unknown field", body('{"project":"shop","environment":"prod","force":true}'), 400, "invalid", /force/],
  [
    "a body of 300 KB",
    body(JSON.stringify({ project: "shop", environment: "prod", version: "x".repeat(300_000) })),
    413,
    "too_large",
    /^The request is larger than 262144 bytes/,
  ],
  [
    "a list of files that is longer than 20 files take",
    announced("/plan", 5 * 1024 * 1024),
    413,
    "too_large",
    /larger than 4235264 bytes/,
  ],
  ["a route that there is not", ask("ann", "GET", "/nowhere"), 404, "not_found", /^There is no GET \/api\/v1\/nowhere/],
  [
    "a method that a route has not",
    ask("ann", "GET", "/plan"),
    405,
    "method_not_allowed",
    /^\/api\/v1\/plan does not take GET\. See/,
  ],
  ["a path with a NUL", ask("ann", "GET", "/projects/%00"), 404, "not_found", /You have no site/],
  ["a path with broken percent-encoding", ask("ann", "GET", "/projects/%zz"), 404, "not_found", /You have no site/],
];
