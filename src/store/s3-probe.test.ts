import { describe, expect, test } from "bun:test";
import type { Bucket, EtagForm, PutCondition } from "./s3-bucket.ts";
import { probeBucket } from "./s3-probe.ts";

// That a good bucket passes is tested against real ones: test/conformance/s3-faults.test.ts. These stores cannot be had here.
interface Habits {
  readonly ignores?: "If-None-Match" | "If-Match";
  /** The forms of ETag that it does not know: a put is then refused, or takes place. */
  readonly unknown?: Partial<Record<EtagForm, "refused" | "ignored">>;
  readonly listsLate?: boolean;
  readonly fails?: Error;
}

function bucketWith({ ignores, unknown = {}, listsLate, fails }: Habits) {
  const objects = new Map<string, string>();
  const etagOf = (text: string) => `"${Bun.hash(text)}"`;
  const holds = (key: string, condition: PutCondition, form: EtagForm) => {
    if ("absent" in condition) return ignores === "If-None-Match" || !objects.has(key);
    if (ignores === "If-Match") return true;
    if (unknown[form]) return unknown[form] === "ignored";
    return objects.has(key) && etagOf(objects.get(key)!) === condition.etag;
  };
  const bucket: Pick<Bucket, "name" | "putIf" | "findText" | "list" | "remove"> = {
    name: "sites",
    async putIf(key, text, condition, form) {
      if (fails) throw fails;
      if (!holds(key, condition, form)) return false;
      objects.set(key, text);
      return true;
    },
    async findText(key) {
      const text = objects.get(key);
      return text === undefined ? undefined : { text, etag: etagOf(text), marks: [] };
    },
    async *list() {
      if (!listsLate) for (const [key, { length: size }] of objects) yield { key, size, modifiedMs: 0 };
    },
    remove: async (key) => objects.delete(key),
  };
  return { bucket, objects };
}

async function probe(habits: Habits): Promise<string> {
  const { bucket, objects } = bucketWith(habits);
  const found = await probeBucket(bucket, "1").catch((error) => `${error.code}: ${error.message}`);
  expect([...objects]).toEqual([]);
  return found;
}

describe("a bucket", () => {
  test("whose store knows ETags as they should be gets them with their quotes", async () => {
    expect(await probe({})).toBe("quoted");
  });

  for (const outcome of ["refused", "ignored"] as const) {
    test(`gets ETags without quotes where with them every put is ${outcome}`, async () => {
      expect(await probe({ unknown: { quoted: outcome } })).toBe("bare");
    });
  }

  for (const [what, habits, reason] of [
    ["overwrites what is there", { ignores: "If-None-Match" }, "(If-None-Match)"],
    ["overwrites another version than is named", { ignores: "If-Match" }, "(If-Match)"],
    ["never finds a version", { unknown: { quoted: "refused", bare: "refused" } }, "(If-Match)"],
    ["lists late", { listsLate: true }, "it does not list"],
    ["knows no conditions", { fails: new Error("A header is not implemented.") }, "A header is not implemented."],
  ] as const) {
    test(`that ${what} is refused with the reason and the way out`, async () => {
      const refusal = await probe(habits);
      expect(refusal).toStartWith("invalid: The bucket sites cannot be used: ");
      expect(refusal).toContain(reason);
      expect(refusal).toContain("Take a store with conditional writes, such as");
    });
  }
});
