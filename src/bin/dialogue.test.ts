import { expect, test } from "bun:test";
import { SitepodError } from "#model";
import { createDialogue } from "./dialogue.ts";

type Words = { readonly double: { readonly says: number; readonly answer: number } };
type Nothing = Record<never, never>;

/** Two ends, of which the second doubles numbers when it comes to it. */
function connect(double: (says: number) => number | Promise<number>) {
  const asking = createDialogue<Words, Nothing>((message) => answering.receive(structuredClone(message)), {});
  const answering = createDialogue<Nothing, Words>((message) => asking.receive(structuredClone(message)), { double });
  return { asking, answering };
}

test("each question gets its own answer, in whatever order they come", async () => {
  const held = new Map<number, () => void>();
  const { asking } = connect((says) => new Promise((resolve) => held.set(says, () => resolve(2 * says))));
  const answers = [1, 2, 3].map((says) => asking.ask("double", says));
  for (const says of [3, 1, 2]) held.get(says)!();
  expect(await Promise.all(answers)).toEqual([2, 4, 6]);
});

test("what one side throws, the other throws: what somebody can act on as that", async () => {
  const { asking } = connect((says) => {
    throw says === 1 ? new SitepodError("conflict", "Port 80 is in use.") : new Error("broken");
  });
  const conflict = await asking.ask("double", 1).catch((error: unknown) => error);
  expect(conflict).toBeInstanceOf(SitepodError);
  expect(conflict).toMatchObject({ code: "conflict", message: "Port 80 is in use." });
  const broken = await asking.ask("double", 2).catch((error: unknown) => error);
  expect(broken).not.toBeInstanceOf(SitepodError);
  expect(broken).toMatchObject({ message: "broken" });
});

test("who waits for a process that ends is told so, and so is who asks it afterwards", async () => {
  const { asking } = connect(() => new Promise(() => {}));
  const waiting = asking.ask("double", 1);
  asking.end();
  await expect(waiting).rejects.toThrow("has ended");
  await expect(asking.ask("double", 2)).rejects.toThrow("has ended");
});

test("a process that cannot be sent anything any more has ended", async () => {
  const dialogue = createDialogue<Words, Nothing>(() => {
    throw new Error("channel closed");
  }, {});
  await expect(dialogue.ask("double", 1)).rejects.toThrow("has ended");
});
