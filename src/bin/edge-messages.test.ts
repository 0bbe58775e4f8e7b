import { beforeAll, expect, test } from "bun:test";
import { type Certificate, createSelfSigned } from "#pki";
import { createCertificateReceiver, createCertificateSender } from "./edge-messages.ts";

let [first, second, third]: Certificate[] = [];

beforeAll(async () => {
  [first, second, third] = await Promise.all(
    ["a.test", "b.test", "c.test"].map((n) => createSelfSigned([n], Date.now())),
  );
});

const namesOf = (certificates: readonly Certificate[]) => certificates.flatMap(({ names }) => names);

test("certificates arrive with their keys, and those that are known already are not sent again", () => {
  const [newsOf, receive] = [createCertificateSender(), createCertificateReceiver()];
  const opening = structuredClone(newsOf([first!, second!]));
  const received = receive(opening);
  expect(namesOf(received)).toEqual(["a.test", "b.test"]);
  expect(received.map(({ key }) => key.reveal())).toEqual([first!.key.reveal(), second!.key.reveal()]);
  expect(JSON.stringify(received)).not.toContain("PRIVATE KEY");

  const change = structuredClone(newsOf([second!, third!]));
  expect(change.added.flatMap(({ names }) => names)).toEqual(["c.test"]);
  expect(namesOf(receive(change))).toEqual(["b.test", "c.test"]);
});

test("one that went and came back is sent again", () => {
  const [newsOf, receive] = [createCertificateSender(), createCertificateReceiver()];
  for (const certificates of [[first!], [], [first!]]) {
    expect(namesOf(receive(structuredClone(newsOf(certificates))))).toEqual(namesOf(certificates));
  }
});
