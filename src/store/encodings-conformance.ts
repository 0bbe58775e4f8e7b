import { expect, test } from "bun:test";
import { NOT_WORTH_ENCODING } from "#model";
import { hashBytes } from "./blake3.ts";
import { bytesOf, collect } from "./conformance-contents.ts";
import type { Encodings } from "./ports.ts";

/** What the encodings of every store do. */
export function testEncodings(encodings: () => Encodings): void {
  test("are absent where none were written", async () => {
    const digest = hashBytes(bytesOf("never encoded"));
    expect(await encodings().has(digest)).toBe(false);
    expect(await encodings().find(digest, "br")).toBeUndefined();
    await encodings().remove(digest);
  });

  test("are found, each its own, until they are removed", async () => {
    const digest = hashBytes(bytesOf("encoded"));
    const texts = { br: "b1", zstd: "zstd2", gzip: "gzip3" };
    const encoded = { br: bytesOf(texts.br), zstd: bytesOf(texts.zstd), gzip: bytesOf(texts.gzip) };
    await encodings().write(digest, encoded);
    await encodings().write(digest, encoded);
    expect(await encodings().has(digest)).toBe(true);
    for (const encoding of ["br", "zstd", "gzip"] as const) {
      const blob = await encodings().find(digest, encoding);
      expect(blob?.size).toBe(texts[encoding].length);
      expect(await blob!.text()).toBe(texts[encoding]);
      expect(await blob!.slice(0, 1).text()).toBe(texts[encoding].slice(0, 1));
    }
    const stored = await encodings().read(digest, "zstd");
    expect([stored?.size, await collect(stored!.body)]).toEqual([5, [bytesOf("zstd2")]]);
    const listed = async () => (await collect(encodings().list())).filter((other) => other === digest);
    expect(await listed()).toEqual([digest]);
    await encodings().remove(digest);
    expect(await encodings().has(digest)).toBe(false);
    expect(await encodings().read(digest, "zstd")).toBeUndefined();
    expect(await listed()).toEqual([]);
  });

  test("may be empty", async () => {
    const digest = hashBytes(bytesOf("not worth it"));
    await encodings().write(digest, NOT_WORTH_ENCODING);
    expect(await encodings().has(digest)).toBe(true);
    expect((await encodings().find(digest, "zstd"))?.size).toBe(0);
  });
}
