import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import { bodyOf, bytesOf, commit, LARGE, SMALL, stagedOf } from "./conformance-contents.ts";
import type { Store } from "./ports.ts";

/** What the uploads of every store do. */
export function testUploads(store: () => Store): void {
  test("become blobs at commit, not before", async () => {
    const content = bytesOf("staged, then committed");
    const digest = hashBytes(content);
    await store().uploads.stage("ws1", digest, content.length, bodyOf(content));
    expect(await stagedOf(store().uploads, "ws1", [digest])).toEqual(new Set([digest]));
    expect(await store().uploads.bytes("ws1", digest)).toEqual(content);
    expect(await store().blobs.has(digest)).toBe(false);
    await store().uploads.commit("ws1", [digest]);
    expect(await store().uploads.bytes("ws1", digest)).toBeUndefined();
    expect(await store().blobs.has(digest)).toBe(true);
    expect(await stagedOf(store().uploads, "ws1", [digest])).toEqual(new Set());
  });

  test("are not shown to another workspace, nor committed by it", async () => {
    const content = bytesOf("a secret of workspace one");
    const digest = hashBytes(content);
    await store().uploads.stage("ws1", digest, content.length, bodyOf(content));
    expect(await stagedOf(store().uploads, "ws2", [digest])).toEqual(new Set());
    expect(await store().uploads.bytes("ws2", digest)).toBeUndefined();
    await store().uploads.commit("ws2", [digest]);
    expect(await store().blobs.has(digest)).toBe(false);
  });

  for (const [what, content] of [
    ["an empty body", new Uint8Array(0)],
    ["a small body", SMALL],
    ["a large body", LARGE],
  ] as const) {
    test(`bring ${what} back byte for byte`, async () => {
      const [digest] = await commit(store(), "ws3", content);
      expect(hashBytes((await store().blobs.bytes(digest!))!)).toBe(digest!);
      const blob = await store().blobs.open(digest!);
      expect(blob.size).toBe(content.length);
      expect(hashBytes(await blob.bytes())).toBe(digest!);
    });
  }

  for (const [kind, content] of [
    ["small", SMALL.subarray(0, 19_000)],
    ["large", LARGE.subarray(0, 1_400_000)],
  ] as const) {
    const digest = hashBytes(content);
    for (const [fault, size, sent] of [
      ["one byte short", content.length, content.subarray(1)],
      ["one byte long", content.length, new Uint8Array([...content, 0])],
      ["empty", content.length, new Uint8Array(0)],
      ["altered in one byte", content.length, content.with(7, content[7]! ^ 1)],
      ["declared with another size", content.length + 1, content],
    ] as const) {
      test(`refuse a ${kind} body that is ${fault}, and keep nothing of it`, async () => {
        const staging = store().uploads.stage("ws4", digest, size, bodyOf(sent));
        expect(await staging.catch((error) => error.code)).toBe("invalid");
        expect(await stagedOf(store().uploads, "ws4", [digest])).toEqual(new Set());
        await store().uploads.commit("ws4", [digest]);
        expect(await store().blobs.has(digest)).toBe(false);
      });
    }
  }

  test("pass the failure of a body on, and keep nothing of it", async () => {
    const digest = hashBytes(LARGE.subarray(5));
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 10) controller.enqueue(LARGE.slice(5, 60_005));
        else controller.error(new Error("connection lost"));
      },
    });
    await expect(store().uploads.stage("ws4", digest, LARGE.length - 5, broken)).rejects.toThrow("connection lost");
    expect(await stagedOf(store().uploads, "ws4", [digest])).toEqual(new Set());
  });

  test("that come in one piece become blobs at commit too, those alone that are wanted", async () => {
    const contents = ["one of a batch", "another of a batch", "", "a third that nobody wants"].map((text) => {
      const bytes = new Uint8Array(bytesOf(text));
      return { digest: hashBytes(bytes), bytes };
    });
    const digests = contents.map(({ digest }) => digest);
    await store().uploads.stageAll("ws11", contents);
    await store().uploads.stageAll("ws11", contents.slice(1));
    expect(await stagedOf(store().uploads, "ws11", digests)).toEqual(new Set(digests));
    expect(await stagedOf(store().uploads, "ws12", digests)).toEqual(new Set());
    expect(await store().uploads.bytes("ws11", digests[0]!)).toEqual(contents[0]!.bytes);
    expect(await store().uploads.bytes("ws12", digests[0]!)).toBeUndefined();
    expect(await store().blobs.has(digests[0]!)).toBe(false);
    await store().uploads.commit("ws11", digests.slice(0, 3));
    for (const { digest, bytes } of contents.slice(0, 3)) {
      expect(await store().blobs.size(digest)).toBe(bytes.length);
      expect(await (await store().blobs.open(digest)).bytes()).toEqual(bytes);
    }
    expect(await store().blobs.has(digests[3]!)).toBe(false);
    await store().uploads.commit("ws11", digests.slice(3));
    expect(await store().blobs.has(digests[3]!)).toBe(true);
  });

  test("that come in one piece are refused where one is not what it is called, and none is kept", async () => {
    const good = new Uint8Array(bytesOf("good"));
    const contents = [
      { digest: hashBytes(good), bytes: good },
      { digest: hashBytes(bytesOf("promised")), bytes: new Uint8Array(bytesOf("sent")) },
    ];
    const failure = await store()
      .uploads.stageAll("ws13", contents)
      .catch((error) => error);
    expect(failure.code).toBe("invalid");
    const digests = contents.map(({ digest }) => digest);
    expect(await stagedOf(store().uploads, "ws13", digests)).toEqual(new Set());
  });

  test("of one body may come in parts, and go on where they broke off", async () => {
    const { uploads } = store();
    if (!uploads.stagePart) return;
    const digest = hashBytes(LARGE);
    const part = (offset: number, bytes: Uint8Array) =>
      uploads.stagePart!("ws14", digest, LARGE.length, offset, bodyOf(bytes));
    expect(await part(0, LARGE.subarray(0, 500_000))).toBe(500_000);
    expect(await part(0, LARGE.subarray(0, 600_000))).toBe(500_000);
    expect(await part(900_000, LARGE.subarray(900_000))).toBe(500_000);
    expect(await stagedOf(uploads, "ws14", [digest])).toEqual(new Set());
    let sent = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ === 0) controller.enqueue(LARGE.slice(500_000, 700_000));
        else controller.error(new Error("connection lost"));
      },
    });
    await expect(uploads.stagePart("ws14", digest, LARGE.length, 500_000, broken)).rejects.toThrow("connection lost");
    expect(await part(0, new Uint8Array())).toBe(700_000);
    expect(await part(700_000, LARGE.subarray(700_000))).toBe(LARGE.length);
    expect(await stagedOf(uploads, "ws14", [digest])).toEqual(new Set([digest]));
    await uploads.commit("ws14", [digest]);
    expect(hashBytes((await store().blobs.bytes(digest))!)).toBe(digest);
  });

  test("of parts that are not what was promised are refused at the last, and begin anew", async () => {
    const { uploads } = store();
    if (!uploads.stagePart) return;
    const content = SMALL.subarray(0, 10_000);
    const digest = hashBytes(content);
    const part = (offset: number, bytes: Uint8Array) =>
      uploads.stagePart!("ws15", digest, content.length, offset, bodyOf(bytes)).catch((error) => error.code);
    expect(await part(0, content.subarray(0, 5000))).toBe(5000);
    expect(await part(5000, content.subarray(1, 5001))).toBe("invalid");
    expect(await part(0, content)).toBe(content.length);
    expect(await stagedOf(uploads, "ws15", [digest])).toEqual(new Set([digest]));
  });

  test("may be staged and committed again", async () => {
    const content = bytesOf("twice");
    const [digest] = await commit(store(), "ws5", content);
    await store().uploads.commit("ws5", [digest!]);
    await commit(store(), "ws5", content);
    await Promise.all(Array.from({ length: 8 }, () => commit(store(), "ws5", content)));
    expect(await store().blobs.bytes(digest!)).toEqual(content);
  });

  test("of one content by many workspaces at once all become that blob", async () => {
    const contents = Array.from({ length: 40 }, (_, i) => bytesOf(`common file ${i}`));
    const all = await Promise.all(["ws6", "ws7", "ws8"].map((workspace) => commit(store(), workspace, ...contents)));
    for (const digest of all.flat()) expect(await store().blobs.has(digest)).toBe(true);
  });

  test("expire unless they are kept", async () => {
    const contents = ["kept", "dropped", "dropped too"].map(bytesOf);
    const digests = contents.map(hashBytes);
    for (const [i, digest] of digests.entries()) {
      await store().uploads.stage("ws9", digest, contents[i]!.length, bodyOf(contents[i]!));
    }
    const keep = (workspace: string, digest: Digest) => workspace !== "ws9" || digest === digests[0];
    expect(await store().uploads.expire(() => true)).toBe(0);
    expect(await store().uploads.expire(keep)).toBe(2);
    expect(await stagedOf(store().uploads, "ws9", digests)).toEqual(new Set([digests[0]!]));
  });

  test("that arrive while others expire stay", async () => {
    const arrived: Digest[] = [];
    const all = new AbortController();
    const expiring = (async () => {
      while (!all.signal.aborted) expect(await store().uploads.expire(() => true)).toBe(0);
    })();
    for (let i = 0; i < 100; i++) {
      const contents = [`first of ${i}`, `second of ${i}`].map((text) => {
        const bytes = new Uint8Array(bytesOf(text));
        return { digest: hashBytes(bytes), bytes };
      });
      await store().uploads.stageAll("ws13", contents);
      arrived.push(...contents.map(({ digest }) => digest));
    }
    all.abort();
    await expiring;
    expect(await stagedOf(store().uploads, "ws13", arrived)).toEqual(new Set(arrived));
  });

  test("refuse a workspace or a digest that would leave its folder", async () => {
    const digest = hashBytes(SMALL);
    for (const workspace of ["", ".", "..", "a/b", "../blobs", "a\0b", "a.b"]) {
      await expect(store().uploads.stage(workspace, digest, SMALL.length, bodyOf(SMALL))).rejects.toThrow(RangeError);
    }
    for (const hostile of ["", "..", `../${digest}`, digest.toUpperCase(), `${digest}/`] as Digest[]) {
      await expect(store().uploads.stage("ws1", hostile, SMALL.length, bodyOf(SMALL))).rejects.toThrow(RangeError);
      await expect((async () => store().blobs.has(hostile))()).rejects.toThrow(RangeError);
    }
  });
}
