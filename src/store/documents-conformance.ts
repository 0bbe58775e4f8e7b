import { expect, test } from "bun:test";
import { collect } from "./conformance-contents.ts";
import type { Documents } from "./ports.ts";

/** What the documents of every store do. */
export function testDocuments(documents: () => Documents): void {
  test("are absent until they are created", async () => {
    expect(await documents().read("refs/absent/prod.json")).toBeUndefined();
    expect(await documents().create("refs/absent/prod.json", "one\n")).toBe(true);
    expect(await documents().read("refs/absent/prod.json")).toBe("one\n");
  });

  test("are created once", async () => {
    await documents().create("refs/once/prod.json", "first");
    expect(await documents().create("refs/once/prod.json", "second")).toBe(false);
    expect(await documents().read("refs/once/prod.json")).toBe("first");
  });

  test("keep every character", async () => {
    const text = '\u0001 ü 漢字 🦊 \r\n\t"';
    await documents().create("sites/text.json", text);
    expect(await documents().read("sites/text.json")).toBe(text);
  });

  test("are created by exactly one of 50 who try at once", async () => {
    const won = await Promise.all(
      Array.from({ length: 50 }, (_, i) => documents().create("sites/contested.json", `by ${i}`)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await documents().read("sites/contested.json")).toBe(`by ${won.indexOf(true)}`);
  });

  test("are replaced where the expected text is there, and only there", async () => {
    await documents().create("refs/swap/prod.json", "1");
    expect(await documents().replace("refs/swap/prod.json", "0", "2")).toBe(false);
    expect(await documents().read("refs/swap/prod.json")).toBe("1");
    expect(await documents().replace("refs/swap/prod.json", "1", "2")).toBe(true);
    expect(await documents().read("refs/swap/prod.json")).toBe("2");
    expect(await documents().replace("refs/swap-none/prod.json", "1", "2")).toBe(false);
    expect(await documents().read("refs/swap-none/prod.json")).toBeUndefined();
  });

  test("let exactly one of 100 concurrent replaces win, round after round", async () => {
    const key = "refs/race/prod.json";
    await documents().create(key, "start");
    let current = "start";
    for (let round = 0; round < 5; round++) {
      const texts = Array.from({ length: 100 }, (_, i) => `round ${round}, by ${i}`);
      const won = await Promise.all(texts.map((text) => documents().replace(key, current, text)));
      expect(won.filter(Boolean)).toHaveLength(1);
      current = texts[won.indexOf(true)]!;
      expect(await documents().read(key)).toBe(current);
    }
  });

  test("are never seen half written", async () => {
    const key = "refs/whole/prod.json";
    const texts = ["a", "b", "c"].map((letter) => letter.repeat(100_000));
    await documents().create(key, texts[0]!);
    const seen = new Set<string | undefined>();
    const write = async () => {
      for (let i = 0; i < 20; i++)
        expect(await documents().replace(key, texts[i % 3]!, texts[(i + 1) % 3]!)).toBe(true);
    };
    const read = async () => {
      for (let i = 0; i < 200; i++) seen.add(await documents().read(key));
    };
    await Promise.all([write(), read(), read()]);
    expect([...seen].filter((text) => !texts.includes(text ?? ""))).toEqual([]);
  });

  test("are removed", async () => {
    await documents().create("hosts/docs.example.com.json", "{}");
    expect(await documents().remove("hosts/docs.example.com.json")).toBe(true);
    expect(await documents().remove("hosts/docs.example.com.json")).toBe(false);
    expect(await documents().read("hosts/docs.example.com.json")).toBeUndefined();
    expect(await documents().replace("hosts/docs.example.com.json", "{}", "{}")).toBe(false);
    expect(await documents().create("hosts/docs.example.com.json", "again")).toBe(true);
  });

  test("are listed below a folder, and not below one that starts alike", async () => {
    const keys = ["listed/docs/prod.json", "listed/docs/beta.json", "listed/docs-2/prod.json"];
    for (const key of keys) await documents().create(key, "{}");
    expect((await collect(documents().list("listed/"))).toSorted()).toEqual(keys.toSorted());
    expect((await collect(documents().list("listed/docs/"))).toSorted()).toEqual(keys.slice(0, 2).toSorted());
    expect(await collect(documents().list("listed/none/"))).toEqual([]);
  });

  test("tell subscribers of each change, and of nothing else", async () => {
    const seen: string[] = [];
    const end = documents().subscribe((key) => seen.push(key));
    const key = "refs/watched/prod.json";
    await documents().create(key, "1");
    await documents().create(key, "1");
    await documents().replace(key, "0", "2");
    await documents().replace(key, "1", "2");
    await documents().remove(key);
    await documents().remove(key);
    end();
    await documents().create(key, "3");
    expect(seen).toEqual([key, key, key]);
  });

  for (const key of [
    "",
    "/etc/passwd",
    "prod.json",
    "../outside.json",
    "refs/../../outside.json",
    "refs/./prod.json",
    "refs//prod.json",
    "refs/docs",
    "refs/docs/",
    "refs/docs/.json",
    "refs/.hidden/prod.json",
    "refs/docs/prod.json/",
    "refs/docs/prod.json/x.json",
    "refs\\docs\\prod.json",
    "refs/do\0cs/prod.json",
    "refs/docs/prod.json\n",
    "refs/Docs/prod.json",
    "refs/döcs/prod.json",
    `refs/${"d".repeat(254)}/prod.json`,
    "blobs/a1/tmp",
  ]) {
    test(`refuse the key ${JSON.stringify(key.slice(0, 40))}`, async () => {
      for (const act of [
        async () => documents().read(key),
        async () => documents().create(key, "x"),
        async () => documents().replace(key, "x", "y"),
        async () => documents().remove(key),
      ]) {
        await expect(act()).rejects.toThrow(RangeError);
      }
    });
  }

  test("refuse to list what is not a folder below the store", async () => {
    for (const prefix of ["", "/", "refs", "../", "refs/../../", "refs//"]) {
      await expect(collect(documents().list(prefix))).rejects.toThrow(RangeError);
    }
  });
}
