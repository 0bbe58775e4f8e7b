import { expect, test } from "bun:test";
import { MAX_REPORT_BYTES } from "#model";
import { openMemoryStore } from "#store";
import { createChangeFeed } from "./change-feed.ts";
import { REPORTS_PATH } from "./traffic-reports.ts";

const KEY = "0".repeat(64);
const PATH = `${REPORTS_PATH}00000000-0000-0000-0000-000000000000`;
const CHUNK = new Uint8Array(1024 * 1024).fill(0x20);

/** Sends a body without end to the address for reports of a control plane. Returns the status, and how much of it was read. */
async function post(key: string, path = PATH, headers: Record<string, string> = {}) {
  const { documents } = openMemoryStore();
  const feed = createChangeFeed(async () => KEY, documents.create.bind(documents));
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += CHUNK.byteLength;
        controller.enqueue(CHUNK);
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", body, headers: { authorization: `Bearer ${key}`, ...headers } };
  const answer = await feed.answer(new Request(`http://control.test${path}`, init))!;
  return { status: answer.status, pulled };
}

test("nothing is read of a report whose sender does not show that it is an edge", async () => {
  expect(await post("1".repeat(64))).toEqual({ status: 401, pulled: 0 });
});

test("nothing is read of one that names no report, or says that it is too large", async () => {
  expect(await post(KEY, `${REPORTS_PATH}..%2frefs`)).toEqual({ status: 400, pulled: 0 });
  expect(await post(KEY, PATH, { "content-length": `${MAX_REPORT_BYTES + 1}` })).toEqual({ status: 413, pulled: 0 });
});

test("no more is read of one than the largest has", async () => {
  expect(await post(KEY)).toEqual({ status: 413, pulled: MAX_REPORT_BYTES + CHUNK.byteLength });
});
