import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "../domains/world.ts";
import { staleness } from "./order.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

/** Makes a release from a commit of this hour. Returns its version. */
async function deploy(content: string, hour: number, commit = content): Promise<string> {
  const time = `2026-01-01T${String(hour).padStart(2, "0")}:00:00.000Z`;
  return (await world.deploy("ann", "shop", { "index.html": content }, {}, { git: { commit, time } })).body.version;
}
const release = (version: string, order: object = {}) =>
  world.call("ann", "POST", "/release", { project: "shop", environment: "prod", version, ...order });
const served = async () => (await world.call("ann", "GET", "/current?project=shop&environment=prod")).body.version;

test("a release is made only where the expected one is served", async () => {
  const [first, second] = [await deploy("one", 1), await deploy("two", 2)];
  expect((await release(first, { expected_release: "none" })).status).toBe(200);
  const refused = await release(second, { expected_release: "v7" });
  expect([refused.status, refused.body.error]).toEqual([409, "stale"]);
  expect(refused.body.message).toStartWith("prod of shop serves v1, not v7: it was left as it is.");
  expect((await release(second, { expected_release: "none" })).body.error).toBe("stale");
  expect(await served()).toBe(first);
  expect((await release(second, { expected_release: first })).status).toBe(200);
  expect((await release(first, { expected_release: "soon" })).body.error).toBe("invalid");
});

test("a deploy that was overtaken does not replace the one that overtook it, unless it is forced to", async () => {
  const [slow, quick] = [await deploy("slow", 1), await deploy("quick", 1)];
  await release(quick, { in_order: "releases" });
  const refused = await release(slow, { in_order: "releases" });
  expect([refused.body.error, await served()]).toEqual(["stale", quick]);
  expect((await release(slow)).status).toBe(200);
  expect(await served()).toBe(slow);
});

test("an older commit does not replace a newer one, though it is released later", async () => {
  const newer = await deploy("newer", 9);
  await release(newer, { in_order: "commits" });
  const older = await deploy("older", 8);
  const refused = await release(older, { in_order: "commits" });
  expect(refused.body.message).toContain(
    "serves v1, whose commit newer of 2026-01-01T09:00:00.000Z is newer than older",
  );
  expect(await served()).toBe(newer);
  const newest = await deploy("newest", 10);
  expect((await release(newest, { in_order: "commits" })).status).toBe(200);
});

test("of many deploys at once, the newest commit is what is served in the end", async () => {
  const hours = [3, 11, 5, 9, 1, 7];
  const versions: string[] = [];
  for (const hour of hours) versions.push(await deploy(`page ${hour}`, hour));
  const answers = await Promise.all(versions.map((version) => release(version, { in_order: "commits" })));
  expect(await served()).toBe(versions[hours.indexOf(11)]!);
  expect(answers.every(({ status, body }) => status === 200 || body.error === "stale")).toBe(true);
});

test("the same commit, or one without a time, is never older", () => {
  const at = (version: number, git_commit: string | null, git_time: string | null) => ({
    version,
    git_commit,
    git_time,
  });
  const served = at(1, "abc", "2026-01-01T09:00:00.000Z");
  expect(staleness(served, at(2, "abc", "2026-01-01T08:00:00.000Z"), "commits")).toBeUndefined();
  expect(staleness(served, at(2, null, null), "commits")).toBeUndefined();
  expect(staleness(at(1, null, null), at(2, "abc", "2026-01-01T08:00:00.000Z"), "commits")).toBeUndefined();
  expect(staleness(served, at(2, "def", "2026-01-01T08:00:00.000Z"), "releases")).toBeUndefined();
});
