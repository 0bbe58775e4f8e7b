import { expect, test } from "bun:test";
import { Secret } from "../secret.ts";
import { CLASS, encodeMessage, TYPE } from "./message.ts";
import { readSigned, signMessage, type TsigKey } from "./tsig.ts";

const NOW_S = 1_800_000_000;
const MAC_BYTES = 32;
const key: TsigKey = { name: "k.example", algorithm: "hmac-sha256", secret: new Secret("c2VjcmV0IG9mIHRlc3Rz") };
const request = encodeMessage({
  id: 4711,
  flags: 0,
  questions: [{ name: "example.com", type: TYPE.soa, class: CLASS.internet }],
  answers: [],
  authorities: [],
  additionals: [],
});

test("an answer that is not signed for this request is refused, as is one that was changed on its way", () => {
  const { bytes, mac } = signMessage(request, key, NOW_S);
  expect(mac).toHaveLength(MAC_BYTES);
  expect(() => readSigned(bytes, key, mac, NOW_S)).toThrow("is not signed with the key k.example");
  expect(() => readSigned(request, key, mac, NOW_S)).toThrow("without a signature");
});

test("the secret is in no message", () => {
  const { bytes } = signMessage(request, key, NOW_S);
  for (const encoding of ["base64", "utf8"] as const) {
    expect(bytes.includes(Buffer.from(key.secret.reveal(), encoding))).toBe(false);
  }
});
