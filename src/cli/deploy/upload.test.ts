import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { blake3 } from "@napi-rs/blake-hash";
import { BATCH_MEDIA_TYPE, MAX_BATCHED_FILE_BYTES, parseBatch } from "#wire";
import { createApiClient } from "../api-client.ts";
import { makeTree } from "../temporary-tree.ts";
import { makeWorld } from "../test-world.ts";
import type { HashedFile } from "./file-table.ts";
import { hashFiles, WHOLE_FILE_BYTES } from "./hash.ts";
import { scanFolder } from "./scan.ts";
import type { UploadPlan } from "./make-plan.ts";
import { uploadFiles } from "./upload.ts";

const { signal } = new AbortController();

async function readTree(folder: string, wantsSha256 = false): Promise<readonly HashedFile[]> {
  const { files } = await scanFolder(folder, { isIgnored: () => false, allowCaseCollisions: false, signal });
  const options = { cache: { find: () => undefined }, wantsSha256, signal, onHashed: () => {} };
  return [...(await hashFiles(files, options)).files];
}

const makePlan = (
  uploads: readonly HashedFile[],
  mode: UploadPlan["mode"],
  address = (hash: string) => `http://elsewhere.test/${hash}`,
): UploadPlan => ({
  id: "plan_1",
  mode,
  contentHash: "",
  uploads,
  takesBatches: mode === "direct",
  takesGzip: mode === "direct",
  partBytes: undefined,
  addresses: new Map(uploads.map(({ digest }) => [digest, address(digest)])),
  fresh: uploads.length,
  resumed: { files: 0, bytes: 0 },
});

/** A real server that keeps what it was sent, and answers as it is told; it refuses the first `refusals` requests. */
function startReceiver(refusals = 0, answer: (path: string, body: Uint8Array) => Response = () => Response.json({})) {
  const received: { path: string; headers: Headers; body: Uint8Array<ArrayBuffer> }[] = [];
  let left = refusals;
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const body = new Uint8Array(await request.arrayBuffer());
      if (left-- > 0) return new Response("", { status: 503 });
      const path = new URL(request.url).pathname;
      received.push({ path, headers: request.headers, body });
      return answer(path, body);
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

test("small files travel as a batch, a middling one whole and a large one as a stream, each with its length", async () => {
  const middling = Buffer.alloc(MAX_BATCHED_FILE_BYTES + 1, 1);
  const large = Buffer.alloc(WHOLE_FILE_BYTES + 1, 2);
  await using tree = await makeTree({ "a.txt": "a", "b.txt": "", "large.bin": large, "middling.bin": middling });
  await using receiver = startReceiver();
  const files = await readTree(tree.folder);
  await uploadFiles(receiver.client, makePlan(files, "direct"), {
    concurrent: 1,
    onBytes: () => {},
    onFile: () => {},
    now: Date.now,
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
  await uploadFiles(receiver.client, plan, { concurrent: 4, onBytes: () => {}, onFile: () => {}, now: Date.now });
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
  await uploadFiles(receiver.client, makePlan(files, "direct"), {
    concurrent: 2,
    onBytes: (more) => (bytes += more),
    onFile: () => count++,
    now: Date.now,
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
  const upload = uploadFiles(receiver.client, makePlan(files, "direct"), {
    concurrent: 1,
    onBytes: () => {},
    onFile: () => {},
    now: Date.now,
  });
  expect(upload).rejects.toMatchObject({ ending: "conflict", message: `"a.txt" was ${what} during the deploy.` });
  await upload.catch(() => {});
  expect(receiver.received).toEqual([]);
});

test("what cannot be sent is named after the last try, with the reason, and that nothing was released", async () => {
  await using tree = await makeTree({ "a.txt": "first", "b.txt": "x" });
  await using receiver = startReceiver(0, () => Response.json({ error: "invalid", message: "No." }, { status: 400 }));
  const files = await readTree(tree.folder);
  const options = { concurrent: 1, onBytes: () => {}, onFile: () => {}, now: Date.now };
  const failure = await uploadFiles(receiver.client, makePlan(files, "direct"), options).catch((error) => error);
  expect(failure.message).toBe('"a.txt" and 1 other file could not be sent: No.');
  expect(failure.next).toStartWith("Nothing was released, and what arrived is not sent again");
});

test("a large file goes in parts, from where the server says that it is", async () => {
  const large = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => (i * 7) % 251));
  await using tree = await makeTree({ "large.bin": large });
  let [had, isCut] = [700_000, true];
  const kept = Buffer.from(large);
  kept.fill(0, had);
  await using receiver = startReceiver(0, (path, body) => {
    const offset = Number(path.split("/").at(-1));
    if (body.length > 0 && offset === had) {
      // The second part breaks off in the middle.
      const arrived = offset > 1_500_000 && isCut ? body.length / 2 : body.length;
      kept.set(body.subarray(0, arrived), offset);
      had += arrived;
      if (arrived < body.length) isCut = false;
      if (arrived < body.length) return new Response("", { status: 502 });
    }
    return Response.json({ received: had });
  });
  const files = await readTree(tree.folder);
  let sent = 0;
  const options = { concurrent: 1, onBytes: (bytes: number) => (sent += bytes), onFile: () => {}, now: Date.now };
  await uploadFiles(receiver.client, { ...makePlan(files, "direct"), partBytes: 1_000_000 }, options);
  expect(kept.equals(large)).toBe(true);
  expect(sent).toBe(large.length);
  expect(receiver.received.map(({ path, body }) => [Number(path.split("/").at(-1)), body.length])).toEqual([
    [0, 0],
    [700_000, 1_000_000],
    [1_700_000, 800_000],
    [1_700_000, 800_000],
    [2_100_000, 400_000],
  ]);
});

test("batches are compressed once the link has shown itself slow", async () => {
  const text = "the same words again and again. ".repeat(6000);
  await using tree = await makeTree(
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.txt`, `${i}${text}`])),
  );
  await using receiver = startReceiver();
  const files = await readTree(tree.folder);
  let nowMs = 0;
  // A clock by which each batch takes ten seconds.
  const options = { concurrent: 1, onBytes: () => {}, onFile: () => {}, now: () => (nowMs += 10_000) };
  await uploadFiles(receiver.client, makePlan(files, "direct"), options);
  const [first, ...rest] = receiver.received;
  expect(first!.headers.get("content-encoding")).toBeNull();
  expect(rest.length).toBeGreaterThan(0);
  for (const { headers, body } of rest) {
    expect(headers.get("content-encoding")).toBe("gzip");
    expect(parseBatch(new Uint8Array(Bun.gunzipSync(body))).ok).toBe(true);
  }
});
