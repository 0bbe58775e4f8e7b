import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeMessage, encodeName, encodeText, parseMessage, parseName } from "./message.ts";

const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join("."));
const number16 = fc.integer({ min: 0, max: 0xffff });
const question = fc.record({ name, type: number16, class: number16 });
const record = fc.record({
  name,
  type: number16,
  class: number16,
  ttlS: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});
const message = fc.record({
  id: number16,
  flags: number16,
  questions: fc.array(question, { maxLength: 2 }),
  answers: fc.array(record, { maxLength: 3 }),
  authorities: fc.array(record, { maxLength: 3 }),
  additionals: fc.array(record, { maxLength: 3 }),
});

describe("a DNS message", () => {
  test("is read as it was written", () => {
    fc.assert(fc.property(message, (one) => expect(parseMessage(encodeMessage(one))).toMatchObject(one)));
  });

  test("that is cut off or damaged is a RangeError, and never a loop", () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 0, max: 255 }), (one, place, value) => {
        const bytes = encodeMessage(one);
        bytes[place % bytes.length] = value;
        for (const read of [bytes, bytes.subarray(0, place % bytes.length)]) {
          try {
            parseMessage(read);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }),
    );
  });
});

describe("a name", () => {
  test("is labels after their lengths, in lower case (RFC 1035, section 3.1)", () => {
    expect(encodeName("Ab.c.").toString("latin1")).toBe("\x02ab\x01c\0");
    expect(encodeName("")).toEqual(Buffer.of(0));
  });

  test("that is compressed leads back to an earlier one (section 4.1.4)", () => {
    const bytes = Buffer.concat([encodeName("example.com"), Buffer.of(3), Buffer.from("www"), Buffer.of(0xc0, 0)]);
    expect(parseName(bytes, 13)).toEqual({ name: "www.example.com", end: bytes.length });
  });

  test("that leads to itself or forward is refused", () => {
    for (const pointer of [0, 2]) {
      expect(() => parseName(Buffer.of(0xc0, pointer, 0), 0)).toThrow("leads forward");
    }
  });

  test("or a text that DNS has no room for is refused", () => {
    expect(() => encodeName(`${"a".repeat(64)}.test`)).toThrow("63 bytes");
    expect(() => encodeName("a.".repeat(130))).toThrow("255 bytes");
    expect(() => encodeText("a".repeat(256))).toThrow("255 bytes");
  });
});
