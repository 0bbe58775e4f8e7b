import { beforeEach, expect, test } from "bun:test";
import { type Digest, type Encoded, encodeManifest, SitepodError } from "#model";
import { createManifestReader, hashBytes, openMemoryStore, type Store } from "#store";
import { createGate, type Gate } from "../gate.ts";
import { createEncoder, type Encoder } from "./encoder.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const PAGE = bytesOf("page ".repeat(1000));
const SCRIPT = bytesOf("script ".repeat(1000));

let store: Store;
let encoder: Encoder;
let compressed: Uint8Array[];
let logged: string[];
let compress: (content: Uint8Array) => Promise<Encoded>;

beforeEach(() => {
  store = openMemoryStore();
  compressed = [];
  logged = [];
  compress = async () => ({ br: bytesOf("b"), zstd: bytesOf("z"), gzip: bytesOf("g") });
  encoder = start();
});

const start = (contentGate: Pick<Gate, "shared"> = createGate()) =>
  createEncoder({
    store,
    readManifest: createManifestReader(store.blobs),
    contentGate,
    retryMs: 1,
    log: (message) => logged.push(message),
    compress: (content) => {
      compressed.push(content);
      return compress(content);
    },
  });

async function put(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const digest = hashBytes(bytes);
  await store.uploads.stage("w", digest, bytes.length, new Blob([bytes]).stream());
  await store.uploads.commit("w", [digest]);
  return digest;
}

async function putPod(files: Record<string, Uint8Array<ArrayBuffer>>, type = "text/html"): Promise<Digest> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([path, bytes]) => ({ path, digest: await put(bytes), size: bytes.length, type })),
  );
  return await put(encodeManifest(entries));
}

async function* listOf(...manifests: Digest[]): AsyncGenerator<Digest> {
  yield* manifests;
}

test("each content of a pod is compressed once, in every coding", async () => {
  encoder.add(await putPod({ "a.html": PAGE, "b.html": PAGE, "c.js": SCRIPT }));
  await encoder.idle();
  expect(compressed).toEqual([PAGE, SCRIPT]);
  expect(await (await store.encodings.find(hashBytes(PAGE), "zstd"))!.text()).toBe("z");
});

test("what another pod had compressed is not compressed again", async () => {
  encoder.add(await putPod({ "a.html": PAGE }));
  await encoder.idle();
  encoder.add(await putPod({ "a.html": PAGE, "new.js": SCRIPT }));
  await encoder.idle();
  expect(compressed).toEqual([PAGE, SCRIPT]);
});

test("images and small files are left alone", async () => {
  encoder.add(await putPod({ "a.png": PAGE }, "image/png"));
  encoder.add(await putPod({ "a.html": bytesOf("hi") }));
  await encoder.idle();
  expect(compressed).toEqual([]);
});

test("after a restart it goes on where it was, with pods that are not done", async () => {
  const pod = await putPod({ "a.html": PAGE, "b.js": SCRIPT });
  compress = async (content) => {
    if (content.length === SCRIPT.length) throw new Error("The power is gone");
    return { br: bytesOf("b"), zstd: bytesOf("z"), gzip: bytesOf("g") };
  };
  encoder.add(pod);
  await encoder.idle();
  expect(logged).toHaveLength(1);
  expect(await store.encodings.has(pod)).toBe(false);

  compress = async () => ({ br: bytesOf("b"), zstd: bytesOf("z"), gzip: bytesOf("g") });
  compressed = [];
  encoder = start();
  await encoder.resume(listOf(pod));
  await encoder.idle();
  expect(compressed).toEqual([SCRIPT]);
  expect(await store.encodings.has(pod)).toBe(true);

  await store.encodings.remove(hashBytes(PAGE));
  const again = start();
  await again.resume(listOf(pod));
  await again.idle();
  expect(compressed).toEqual([SCRIPT]);
});

test("a pod that is deployed again has done again what was collected meanwhile", async () => {
  const pod = await putPod({ "a.html": PAGE });
  encoder.add(pod);
  await encoder.idle();
  await store.encodings.remove(hashBytes(PAGE));
  encoder.add(pod);
  await encoder.idle();
  expect(compressed).toEqual([PAGE, PAGE]);
});

test("nothing is kept of a content that was collected meanwhile", async () => {
  const digest = hashBytes(PAGE);
  compress = async () => {
    await store.blobs.remove(digest);
    return { br: bytesOf("b"), zstd: bytesOf("z"), gzip: bytesOf("g") };
  };
  encoder.add(await putPod({ "a.html": PAGE }));
  await encoder.idle();
  expect(await store.encodings.has(digest)).toBe(false);
});

test("what could not be stored because the database was away is stored once it is back", async () => {
  let failures = 3;
  const gate = createGate();
  encoder = start({
    shared: (work) =>
      failures-- > 0 ? Promise.reject(new SitepodError("unavailable", "It is away.")) : gate.shared(work),
  });
  const manifest = await putPod({ "a.html": PAGE });
  encoder.add(manifest);
  while (!(await store.encodings.has(manifest))) await Bun.sleep(1);
  expect(await store.encodings.has(hashBytes(PAGE))).toBe(true);
  expect(logged).toEqual([]);
});
