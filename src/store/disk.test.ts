import { describe, expect, test } from "bun:test";
import { $ } from "bun";
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBytes } from "./blake3.ts";
import { describeStore } from "./conformance.ts";
import { stagedOf } from "./conformance-contents.ts";
import { inspectDiskStore, openDiskStore } from "./disk.ts";
import { DiskBlobs } from "./disk-blobs.ts";
import { DiskUploads } from "./disk-uploads.ts";
import { Scratch } from "./scratch.ts";

const newFolder = () => mkdtemp(join(tmpdir(), "sitepod-store-"));

describeStore("the store on disk", async () => {
  const folder = await newFolder();
  const store = await openDiskStore(folder);
  return {
    store,
    async close() {
      expect(await readdir(join(folder, "tmp"))).toEqual([]);
      await rm(folder, { recursive: true });
    },
  };
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await newFolder();
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const content = new Uint8Array(20_000).fill(7);
const digest = hashBytes(content);
const body = () => new Blob([content]).stream();
const longAgo = new Date(2000, 0);

async function stagedIn(folder: string): Promise<DiskUploads> {
  await openDiskStore(folder);
  const scratch = new Scratch(join(folder, "tmp"));
  const uploads = new DiskUploads(folder, scratch, new DiskBlobs(folder, scratch));
  await uploads.stage("ws1", digest, content.length, body());
  return uploads;
}

describe("a folder that is opened again", () => {
  test("still has its documents, blobs and uploads", () =>
    inFolder(async (folder) => {
      const before = await openDiskStore(folder);
      const staged = new Uint8Array(300_000).fill(9);
      await before.documents.create("refs/docs/prod.json", "{}");
      await before.uploads.stage("ws1", digest, content.length, body());
      await before.uploads.commit("ws1", [digest]);
      await before.uploads.stage("ws1", hashBytes(staged), staged.length, new Blob([staged]).stream());
      const after = await openDiskStore(folder);
      expect(await after.documents.read("refs/docs/prod.json")).toBe("{}");
      expect(await after.blobs.bytes(digest)).toEqual(content);
      await after.uploads.commit("ws1", [hashBytes(staged)]);
      expect(await after.blobs.bytes(hashBytes(staged))).toEqual(staged);
    }));

  test("loses what a killed process was writing, but not what another may be writing now", () =>
    inFolder(async (folder) => {
      await openDiskStore(folder);
      await writeFile(join(folder, "tmp", "abandoned"), "half");
      await utimes(join(folder, "tmp", "abandoned"), longAgo, longAgo);
      await writeFile(join(folder, "tmp", "recent"), "half");
      await openDiskStore(folder);
      expect(await readdir(join(folder, "tmp"))).toEqual(["recent"]);
    }));

  test("is left as it is by who only reads it, and shows what is written to it meanwhile", () =>
    inFolder(async (folder) => {
      expect(await inspectDiskStore(folder).documents.read("refs/docs/prod.json")).toBeUndefined();
      expect(await readdir(folder)).toEqual([]);
      const store = await openDiskStore(folder);
      await writeFile(join(folder, "tmp", "abandoned"), "half");
      await utimes(join(folder, "tmp", "abandoned"), longAgo, longAgo);
      const reader = inspectDiskStore(folder);
      await store.documents.create("refs/docs/prod.json", "{}");
      await store.uploads.stage("ws1", digest, content.length, body());
      await store.uploads.commit("ws1", [digest]);
      expect(await reader.documents.read("refs/docs/prod.json")).toBe("{}");
      expect(await reader.blobs.bytes(digest)).toEqual(content);
      expect(await reader.encodings.find(digest, "br")).toBeUndefined();
      expect(await readdir(join(folder, "tmp"))).toEqual(["abandoned"]);
    }));

  test("loses uploads that were staged before the machine started, as nothing made them durable", () =>
    inFolder(async (folder) => {
      const uploads = await stagedIn(folder);
      await uploads.removeUnsynced("first start", Date.now());
      await uploads.stage("ws1", digest, content.length, body());
      await uploads.removeUnsynced("first start", Date.now());
      expect(await stagedOf(uploads, "ws1", [digest])).toEqual(new Set([digest]));
      // The clock went back, so the files look newer than the start.
      await uploads.removeUnsynced("second start", longAgo.getTime());
      expect(await stagedOf(uploads, "ws1", [digest])).toEqual(new Set());
    }));

  test("loses them by their time where the machine does not name its starts", () =>
    inFolder(async (folder) => {
      const uploads = await stagedIn(folder);
      await uploads.removeUnsynced(undefined, Date.now());
      expect(await stagedOf(uploads, "ws1", [digest])).toEqual(new Set([digest]));
      await utimes(join(folder, "uploads", "ws1", digest), longAgo, longAgo);
      await uploads.removeUnsynced(undefined, Date.now());
      expect(await stagedOf(uploads, "ws1", [digest])).toEqual(new Set());
    }));
});

describe("contents that were committed in one piece", () => {
  const contents = Array.from({ length: 40 }, (_, i) => {
    const bytes = new TextEncoder().encode(`file ${i}`);
    return { digest: hashBytes(bytes), bytes };
  });
  const digests = contents.map((each) => each.digest);
  const commitPack = async (folder: string) => {
    const store = await openDiskStore(folder);
    await store.uploads.stageAll("ws1", contents);
    await store.uploads.commit("ws1", digests);
    return store;
  };
  const filesIn = async (folder: string) =>
    (await readdir(join(folder, "blobs"), { recursive: true, withFileTypes: true })).filter((each) => each.isFile());

  test("are one file at first, and one each when they have settled; they can be read all the time", () =>
    inFolder(async (folder) => {
      const store = await commitPack(folder);
      const other = await openDiskStore(folder);
      const check = async (reader: typeof store) => {
        for (const { digest, bytes } of contents) expect(await reader.blobs.bytes(digest)).toEqual(bytes);
        expect(new Set((await Array.fromAsync(reader.blobs.list())).map((blob) => blob.digest))).toEqual(
          new Set(digests),
        );
      };
      expect([await readdir(join(folder, "packs")), await filesIn(folder)].map(({ length }) => length)).toEqual([1, 0]);
      await check(store);
      await check(other);
      await store.settle!();
      expect([await readdir(join(folder, "packs")), await filesIn(folder)].map(({ length }) => length)).toEqual([
        0, 40,
      ]);
      await check(store);
      await check(other);
      expect(await readdir(join(folder, "tmp"))).toEqual([]);
    }));

  test("are found by who opened the folder before they were there", () =>
    inFolder(async (folder) => {
      const reader = await openDiskStore(folder);
      await commitPack(folder);
      expect(await (await reader.blobs.open(digests[7]!)).text()).toBe("file 7");
      expect(await reader.blobs.size(digests[7]!)).toBe(6);
    }));

  test("are settled once more where the process ended in the middle of it", () =>
    inFolder(async (folder) => {
      const store = await commitPack(folder);
      const pack = join(folder, "packs", (await readdir(join(folder, "packs")))[0]!);
      const bytes = await Bun.file(pack).bytes();
      await store.settle!();
      // As where all but the last step was done, and of the files only some.
      await writeFile(pack, bytes);
      await rm(join(folder, "blobs", digests[5]!.slice(0, 2), digests[5]!));
      const after = await openDiskStore(folder);
      expect((await Array.fromAsync(after.blobs.list())).length).toBe(contents.length);
      await after.settle!();
      expect(await readdir(join(folder, "packs"))).toEqual([]);
      for (const { digest, bytes } of contents) expect(await after.blobs.bytes(digest)).toEqual(bytes);
    }));

  test("are removed one by one, settled or not", () =>
    inFolder(async (folder) => {
      const store = await commitPack(folder);
      expect(await store.blobs.remove(digests[3]!)).toBe(true);
      expect(await store.blobs.has(digests[3]!)).toBe(false);
      expect(await store.blobs.has(digests[4]!)).toBe(true);
    }));

  test("take the place of a blob that lost bytes", () =>
    inFolder(async (folder) => {
      const store = await openDiskStore(folder);
      const blob = join(folder, "blobs", digests[0]!.slice(0, 2), digests[0]!);
      await writeFile(blob, "half");
      await commitPack(folder);
      await store.settle!();
      expect(await store.blobs.bytes(digests[0]!)).toEqual(contents[0]!.bytes);
    }));

  test("are still staged, and expire, where the process ended before the commit", () =>
    inFolder(async (folder) => {
      const before = await openDiskStore(folder);
      await before.uploads.stageAll("ws1", contents);
      const { uploads } = await openDiskStore(folder);
      expect(await stagedOf(uploads, "ws1", digests)).toEqual(new Set(digests));
      expect(await uploads.expire((_, each) => each === digests[0])).toBe(0);
      expect(await uploads.expire(() => false)).toBe(40);
      expect(await stagedOf(uploads, "ws1", digests)).toEqual(new Set());
    }));
});

describe("content that is a blob already and is staged again", () => {
  const commitTwice = async (folder: string, between: (blob: string) => Promise<void>) => {
    const { uploads } = await openDiskStore(folder);
    const blob = join(folder, "blobs", digest.slice(0, 2), digest);
    await uploads.stage("ws1", digest, content.length, body());
    await uploads.commit("ws1", [digest]);
    const first = await stat(blob);
    await between(blob);
    await uploads.stage("ws2", digest, content.length, body());
    await uploads.commit("ws2", [digest]);
    expect(await readdir(join(folder, "uploads", "ws2"))).toEqual([]);
    expect(await Bun.file(blob).bytes()).toEqual(content);
    return { first, second: await stat(blob) };
  };

  test("leaves the blob as it is", () =>
    inFolder(async (folder) => {
      const { first, second } = await commitTwice(folder, async () => {});
      expect(second.ino).toBe(first.ino);
    }));

  test("replaces a blob that lost bytes", () =>
    inFolder(async (folder) => {
      await commitTwice(folder, (blob) => writeFile(blob, "half"));
    }));
});

test("a folder that cannot be written fails the check", () =>
  inFolder(async (folder) => {
    const store = await openDiskStore(folder);
    await rm(join(folder, "tmp"), { recursive: true });
    await writeFile(join(folder, "tmp"), "not a folder");
    await expect(store.check()).rejects.toThrow();
    await rm(join(folder, "tmp"));
  }));

const canMount = process.platform === "linux" && process.getuid?.() === 0 && (await mountsWork());
const skipped = canMount ? "" : " (skipped: mounting a small file system takes root on Linux)";

describe.skipIf(!canMount)(`a full disk${skipped}`, () => {
  test("says so, and harms nothing that is there", () =>
    inFolder(async (folder) => {
      await $`mount -t tmpfs -o size=3m none ${folder}`.quiet();
      try {
        const store = await openDiskStore(folder);
        await store.documents.create("refs/docs/prod.json", "old");
        await writeFile(join(folder, "filler"), new Uint8Array(4 << 20)).catch(() => {});
        const failure = async (promise: Promise<unknown>) => promise.catch((error) => error.code);
        for (const size of [20_000, 3_000_000]) {
          const bytes = new Uint8Array(size);
          const stage = store.uploads.stage("ws1", hashBytes(bytes), size, new Blob([bytes]).stream());
          expect(await failure(stage)).toBe("storage_full");
          expect(await stagedOf(store.uploads, "ws1", [hashBytes(bytes)])).toEqual(new Set());
        }
        expect(await failure(store.documents.replace("refs/docs/prod.json", "old", "n".repeat(5000)))).toBe(
          "storage_full",
        );
        expect(await failure(store.check())).toBe("storage_full");
        expect(await store.documents.read("refs/docs/prod.json")).toBe("old");
        expect(await readdir(join(folder, "tmp"))).toEqual([]);
      } finally {
        await $`umount ${folder}`.quiet();
      }
    }));
});

async function mountsWork(): Promise<boolean> {
  const folder = await newFolder();
  try {
    if ((await $`mount -t tmpfs none ${folder}`.quiet().nothrow()).exitCode !== 0) return false;
    await $`umount ${folder}`.quiet();
    return true;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("documents are readable by the server's own user alone: keys are among them", () =>
  inFolder(async (folder) => {
    const { documents } = await openDiskStore(folder);
    await documents.create("certs/issued/example.com.json", "1");
    await documents.replace("certs/issued/example.com.json", "1", "2");
    expect((await stat(join(folder, "certs/issued/example.com.json"))).mode & 0o777).toBe(0o600);
  }));
