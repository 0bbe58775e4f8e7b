import { expect, test } from "bun:test";
import type { Api } from "#wire";
import { createDeployLogs } from "./deploy-log.ts";

const lineOf = (number: number): Api.DeployLine => ({ number, at: "", kind: "committing" });

test("a line that comes at any moment while others are read is told without another reason", async () => {
  // Each step later, the wake comes at another place of the reading before.
  for (let steps = 0; steps < 12; steps++) {
    const lines = [lineOf(1)];
    const logs = createDeployLogs(
      async (_, after) => lines.slice(after),
      async () => false,
    );
    let woken = 0;
    const feed = await logs.feed("d", 0, () => woken++);
    let text = "";
    const read = () => (text += new TextDecoder().decode(feed.read()));
    read();
    lines.push(lineOf(2));
    logs.wake("d");
    for (let step = 0; step < steps; step++) await Promise.resolve();
    lines.push(lineOf(3));
    logs.wake("d");
    await Bun.sleep(0);
    read();
    expect(woken).toBeGreaterThan(0);
    expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual([1, 2, 3]);
  }
});
