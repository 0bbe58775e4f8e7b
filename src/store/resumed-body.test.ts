import { expect, test } from "bun:test";
import { SitepodError } from "#model";
import { bytesOf } from "./conformance-contents.ts";
import { readWhole, resumedBody } from "./resumed-body.ts";

/** Passes on `text`, which may not be all. */
async function* sent(text: string, end: "whole" | "cut" | "error"): AsyncIterable<Uint8Array> {
  yield bytesOf(text);
  if (end === "error") throw new Error("aborted");
}

async function collectText(body: AsyncIterable<Uint8Array>): Promise<string> {
  return await new Blob((await Array.fromAsync(body)) as Uint8Array<ArrayBuffer>[]).text();
}

test("a body that breaks off goes on from the byte that was not there", async () => {
  const asked: number[] = [];
  const rest = [sent("cd", "cut"), sent("efg", "whole")];
  const open = async (from: number) => {
    asked.push(from);
    return rest.shift()!;
  };
  expect(await collectText(resumedBody(7, sent("ab", "error"), open))).toBe("abcdefg");
  expect(asked).toEqual([2, 4]);
});

test("an empty body is read to its end", async () => {
  let isEnded = false;
  const empty = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        isEnded = true;
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  expect(await collectText(resumedBody(0, empty, () => Promise.reject(new Error("asked for"))))).toBe("");
  expect(isEnded).toBe(true);
});

test("a body of which no more comes is given up", async () => {
  const body = resumedBody(7, sent("ab", "cut"), () => Promise.reject(new Error("refused")));
  expect(await collectText(body).catch((error) => error.code)).toBe("unavailable");
});

test("what the store refuses is not asked for again", async () => {
  let asked = 0;
  const refuse = () => {
    asked++;
    return Promise.reject(new SitepodError("unavailable", "changed"));
  };
  await expect(collectText(resumedBody(7, sent("ab", "cut"), refuse))).rejects.toThrow("changed");
  await expect(readWhole(refuse)).rejects.toThrow("changed");
  expect(asked).toBe(2);
});
