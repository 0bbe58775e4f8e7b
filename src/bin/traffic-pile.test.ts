import { expect, test } from "bun:test";
import { trafficReportKey } from "#model";
import { openMemoryStore } from "#store";
import { boundPile } from "./traffic-pile.ts";

const MAX_PILED = 100;

test("reports are written until many wait, and again once they are added up", async () => {
  const { documents } = openMemoryStore();
  const pile = boundPile(documents, MAX_PILED);
  const write = (id: number) => pile.create(trafficReportKey(`${id}`), "{}");
  const waiting = async () => (await Array.fromAsync(documents.list("traffic/"))).length;
  const refused = async () => {
    const first = await waiting();
    for (let id = first; id < first + 3 * MAX_PILED; id++) {
      try {
        await write(id);
      } catch (error) {
        return [id, String(error)] as const;
      }
    }
    throw new Error(`Nothing was refused, and ${await waiting()} wait`);
  };
  const [count, fault] = await refused();
  expect(fault).toContain("no more are written");
  expect([count >= MAX_PILED, count < 2 * MAX_PILED]).toEqual([true, true]);
  expect((await refused())[0]).toBe(count);
  for await (const key of documents.list("traffic/")) await documents.remove(key);
  expect(await write(0)).toBe(true);
});

test("the pile is looked at once an hour at most, as long as there is room", async () => {
  const { documents } = openMemoryStore();
  let looks = 0;
  const list = (prefix: string) => (looks++, documents.list(prefix));
  const pile = boundPile({ create: documents.create.bind(documents), list });
  for (let id = 0; id < 61; id++) await pile.create(trafficReportKey(`${id}`), "{}");
  expect(looks).toBe(2);
});
