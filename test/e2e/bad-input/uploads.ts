import type { Digest } from "#model";
import { hashBytes } from "#store";
import { encodeBatch, MAX_BATCH_BYTES } from "#wire";
import { contentOf } from "../../harness/deploy-client.ts";
import { ask, type BadInput, NO_HASH } from "./case.ts";
import { type Answer, MISSING_FILES, type World } from "./world.ts";

const content = contentOf(MISSING_FILES, "missing.txt");
const hash = hashBytes(content);
const other = new TextEncoder().encode("the MISSING content");

type PlanName = "plan" | "expiredPlan" | "bobsPlan";

const upload = (body: Uint8Array, of: string = hash, plan: PlanName = "plan") =>
  ask(
    "ann",
    "POST",
    (world) => `/upload/${world[plan].plan_id}/${of}`,
    () => body,
  );

const batch = (body: Uint8Array) =>
  ask(
    "ann",
    "POST",
    (world) => `/upload/${world.plan.plan_id}`,
    () => body,
  );
const batchOf = (bytes: Uint8Array<ArrayBuffer>, digest: Digest = hash) => encodeBatch([{ digest, bytes }]);

const commit = (plan: PlanName) => ask("ann", "POST", "/commit", (world: World) => ({ plan_id: world[plan].plan_id }));

/** An upload as it is written on the wire. */
const rawUpload =
  (headers: string, body: string) =>
  (world: World): Promise<Answer> =>
    world.sendRaw(
      `POST /api/v1/upload/${world.plan.plan_id}/${hash} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
        `Authorization: Bearer ${world.tokenOf("ann")}\r\n${headers}\r\n\r\n${body}`,
    );

export const badUploads: readonly BadInput[] = [
  ["other bytes than the hash says", upload(other), 400, "invalid", /has the hash [0-9a-f]{64}: the file changed/],
  [
    "fewer bytes than planned",
    upload(content.subarray(1)),
    400,
    "invalid",
    /^The body has 18 bytes and the plan names 19/,
  ],
  [
    "more bytes than planned",
    upload(new Uint8Array(20)),
    400,
    "invalid",
    /^The body has 20 bytes and the plan names 19/,
  ],
  ["no bytes", upload(new Uint8Array(0)), 400, "invalid", /^The body has 0 bytes and the plan names 19/],
  ["a hash that is not in the plan", upload(content, NO_HASH), 400, "invalid", /^The hash is not in this plan/],
  ["a hash in upper case", upload(content, hash.toUpperCase()), 400, "invalid", /^The hash is not in this plan/],
  ["a hash that is a path", upload(content, "..%2F..%2Frefs"), 400, "invalid", /^The hash is not in this plan/],
  ["an over-long hash", upload(content, "0".repeat(200)), 400, "invalid", /path\/hash/],
  [
    "a body without its length",
    rawUpload("Transfer-Encoding: chunked", "13\r\nthe missing content\r\n0\r\n\r\n"),
    400,
    "invalid",
    /^The request needs a Content-Length/,
  ],
  ["a plan that there is not", ask("ann", "POST", `/upload/plan_x/${hash}`, content), 404, "not_found", /no such plan/],
  [
    "an expired plan",
    upload(content, hash, "expiredPlan"),
    410,
    "gone",
    /^This plan has expired\. Begin the deploy again/,
  ],
  ["a plan of another account", upload(content, hash, "bobsPlan"), 404, "not_found", /no such plan/],
  ["a batch cut off in a header", batch(batchOf(content).subarray(0, 20)), 400, "invalid", /within a blob's header/],
  ["a batch cut off in a content", batch(batchOf(content).subarray(0, -1)), 400, "invalid", /ends within a blob\./],
  ["a batch of other bytes", batch(batchOf(other)), 400, "invalid", /the file changed while it was uploaded/],
  [
    "a batch of another length",
    batch(batchOf(content.slice(1))),
    400,
    "invalid",
    /^The body has 18 bytes and the plan/,
  ],
  ["a batch of a foreign hash", batch(batchOf(content, NO_HASH as Digest)), 400, "invalid", /hash is not in this plan/],
  [
    "a batch beyond its limit",
    batch(new Uint8Array(MAX_BATCH_BYTES + 1)),
    413,
    "too_large",
    /larger than 8388608 bytes/,
  ],
  [
    "a batch for another account's plan",
    ask(
      "ann",
      "POST",
      (world) => `/upload/${world.bobsPlan.plan_id}`,
      () => batchOf(content),
    ),
    404,
    "not_found",
    /no such plan/,
  ],
  [
    "a commit of a plan that there is not",
    ask("ann", "POST", "/commit", { plan_id: "plan_x" }),
    404,
    "not_found",
    /no such plan/,
  ],
  [
    "a commit without its contents",
    commit("plan"),
    409,
    "conflict",
    /^1 of 1 contents have not been uploaded\. Deploy again/,
  ],
  ["a commit of an expired plan", commit("expiredPlan"), 410, "gone", /^This plan has expired/],
  ["a commit of another account's plan", commit("bobsPlan"), 404, "not_found", /no such plan/],
  [
    "a commit with an over-long message",
    ask("ann", "POST", "/commit", (world: World) => ({ plan_id: world.plan.plan_id, message: "x".repeat(5000) })),
    400,
    "invalid",
    /body\/message/,
  ],
];
