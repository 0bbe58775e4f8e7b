import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { blake3 } from "@napi-rs/blake-hash";
import { type Api, BATCH_MEDIA_TYPE, parseBatch } from "#wire";
import { createApiClient } from "../api-client.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";
import { MAX_BATCHED_FILE_BYTES } from "./batches.ts";
import { type HashedFile, hashFiles, WHOLE_FILE_BYTES } from "./hash.ts";
import { scanFolder } from "./scan.ts";
import { chooseUploads, uploadFiles } from "./upload.ts";

const { signal } = new AbortController();

async function readTree(folder: string, wantsSha256 = false): Promise<readonly HashedFile[]> {
  const { files } = await scanFolder(folder, { isIgnored: () => false, allowCaseCollisions: false, signal });
  const options = { cache: { find: () => undefined }, wantsSha256, signal, onHashed: () => {} };
  return (await hashFiles(files, options)).files;
}

const makePlan = (
  files: readonly HashedFile[],
  upload_mode: Api.PlanResponse["upload_mode"],
  address = (hash: string) => `http://elsewhere.test/${hash}`,
): Api.PlanResponse => ({
  plan_id: "plan_1",
  content_hash: "",
  upload_mode,
  ...(upload_mode === "direct" ? { batch_upload_url: "http://elsewhere.test/batch" } : {}),
  missing: files.map(({ path, digest, size }) => ({ path, hash: digest, size, upload_url: address(digest) })),
  reusable: 0,
  expires_at: "",
});

/** A real server that keeps what it was sent; it refuses the first `refusals` requests. */
function startReceiver(refusals = 0) {
  const received: { path: string; headers: Headers; body: Uint8Array<ArrayBuffer> }[] = [];
  let left = refusals;
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const body = new Uint8Array(await request.arrayBuffer());
      if (left-- > 0) return new Response("", { status: 503 });
      received.push({ path: new URL(request.url).pathname, headers: request.headers, body });
      return Response.json({});
    },
  });
  const { world } = makeWorld({ fetch });
  const origin = `http://localhost:${server.port}`;
  return {
    received,
    origin,
    client: createApiClient(world, origin, "sitepod_test"),
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}

test("content that two files have is sent once", async () => {
  await using tree = await makeTree({ "a.txt": "same", "b.txt": "same", "c.txt": "other" });
  const files = await readTree(tree.folder);
  expect(chooseUploads(files, makePlan(files, "direct")).map(({ path }) => path as string)).toEqual(["a.txt", "c.txt"]);
});

test("small files travel as a batch, a middling one whole and a large one as a stream, each with its length", async () => {
  const middling = Buffer.alloc(MAX_BATCHED_FILE_BYTES + 1, 1);
  const large = Buffer.alloc(WHOLE_FILE_BYTES + 1, 2);
  await using tree = await makeTree({ "a.txt": "a", "b.txt": "", "large.bin": large, "middling.bin": middling });
  await using receiver = startReceiver();
  const files = await readTree(tree.folder);
  await uploadFiles(receiver.client, makePlan(files, "direct"), files, {
    concurrent: 1,
    onBytes: () => {},
    onFile: () => {},
  });
  const singles = receiver.received.slice(0, 2);
  const batch = receiver.received[2];
  expect(batch!.path).toBe("/api/v1/upload/plan_1");
  expect(batch!.headers.get("content-type")).toBe(BATCH_MEDIA_TYPE);
  const parsed = parseBatch(batch!.body);
  expect(parsed.ok && parsed.value.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["a", ""]);
  expect(
    singles.map(({ path, headers }) => [path, headers.get("content-length"), headers.get("transfer-encoding")]),
  ).toEqual(
    [large, middling].map((body) => [
      `/api/v1/upload/plan_1/${blake3(body).toString("hex")}`,
      String(body.length),
      null,
    ]),
  );
  expect(receiver.received.every(({ headers }) => headers.get("authorization") === "Bearer sitepod_test")).toBe(true);
});

test("a presigned upload goes to the store with its SHA-256, and without the token", async () => {
  await using tree = await makeTree({ "a.txt": "abc" });
  await using receiver = startReceiver();
  const files = await readTree(tree.folder, true);
  const plan = makePlan(files, "presigned", () => `${receiver.origin}/bucket/key`);
  await uploadFiles(receiver.client, plan, files, { concurrent: 4, onBytes: () => {}, onFile: () => {} });
  const [upload] = receiver.received;
  expect(upload!.path).toBe("/bucket/key");
  expect(upload!.headers.get("x-amz-checksum-sha256")).toBe("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  expect(upload!.headers.get("authorization")).toBeNull();
  expect(Buffer.from(upload!.body).toString()).toBe("abc");
});

test("what was refused is sent again, and counted once", async () => {
  const large = Buffer.alloc(WHOLE_FILE_BYTES + 1, 3);
  await using tree = await makeTree({ "a.txt": "aaa", "b.txt": "bb", "large.bin": large });
  await using receiver = startReceiver(2);
  const files = await readTree(tree.folder);
  let [bytes, count] = [0, 0];
  await uploadFiles(receiver.client, makePlan(files, "direct"), files, {
    concurrent: 2,
    onBytes: (more) => (bytes += more),
    onFile: () => count++,
  });
  expect({ bytes, count }).toEqual({ bytes: large.length + 5, count: 3 });
});

test.each([
  ["changed", async (file: string) => await Bun.write(file, "other")],
  ["removed", async (file: string) => await rm(file)],
] as const)("a file that is %s after it was hashed ends the upload, and is named", async (what, act) => {
  await using tree = await makeTree({ "a.txt": "first", "b.txt": "x" });
  await using receiver = startReceiver();
  const files = await readTree(tree.folder);
  await act(join(tree.folder, "a.txt"));
  const upload = uploadFiles(receiver.client, makePlan(files, "direct"), files, {
    concurrent: 1,
    onBytes: () => {},
    onFile: () => {},
  });
  expect(upload).rejects.toMatchObject({ ending: "conflict", message: `"a.txt" was ${what} during the deploy.` });
  await upload.catch(() => {});
  expect(receiver.received).toEqual([]);
});
