import { expect, test } from "bun:test";
import { inspect } from "node:util";
import { certificateKey, formatCertificate, parseCertificate } from "./certificate.ts";
import { createSelfSigned } from "./self-signed.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

test("a certificate comes back from its document as it was", async () => {
  const made = await createSelfSigned(["example.com", "*.example.com"], NOW_MS);
  const read = parseCertificate(formatCertificate(made));
  expect(read).toMatchObject({ names: made.names, chain: made.chain, fingerprint: made.fingerprint });
  expect(read?.key.reveal()).toBe(made.key.reveal());
  expect(read?.notBeforeMs).toBe(NOW_MS);
});

test("its key shows itself to no log", async () => {
  const { key, ...rest } = await createSelfSigned(["example.com"], NOW_MS);
  const shown = [`${key}`, JSON.stringify({ key }), inspect({ key, ...rest }), Bun.inspect({ key, ...rest })];
  expect(shown.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
});

test.each(["", "{}", "null", '{"names":["a.test"],"chain":"x","key":"y"}', '{"names":[],"chain":"","key":""}'])(
  "a document that is no certificate is none: %s",
  (text) => {
    expect(parseCertificate(text)).toBeUndefined();
  },
);

test("a certificate with the key of another is none", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => createSelfSigned(["example.com"], NOW_MS)));
  expect(parseCertificate(formatCertificate({ ...one!, key: other!.key }))).toBeUndefined();
});

test("a wildcard and a name never share a document", () => {
  expect(certificateKey("issued", "*.example.com")).toBe("certs/issued/_.example.com.json");
  expect(certificateKey("issued", "example.com")).toBe("certs/issued/example.com.json");
});
