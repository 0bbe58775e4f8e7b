import { expect, test } from "bun:test";
import { MAX_PATHS, MAX_TRAFFIC_PATH_LENGTH } from "#model";
import { PathSketch } from "./path-sketch.ts";

test("few paths are counted exactly, the most asked for first", () => {
  const sketch = new PathSketch({ left: 100 });
  for (const path of ["/b", "/a", "/b", "/c", "/a", "/b"]) sketch.add(path, 1);
  sketch.add("/d", 40);
  expect(sketch.list()).toEqual([
    ["/d", 40],
    ["/b", 3],
    ["/a", 2],
    ["/c", 1],
  ]);
});

test("a scan of 100,000 paths takes 50 places, and hides no path that many ask for", () => {
  const room = { left: 1000 };
  const sketch = new PathSketch(room);
  for (let i = 0; i < 100_000; i++) {
    sketch.add(`/wp-${i}.php`, 1);
    if (i % 20 === 0) sketch.add("/old-page", 1);
  }
  expect(room.left).toBe(950);
  const [first, second] = sketch.list();
  expect(first![0]).toBe("/old-page");
  // Never more than there were, and hardly less.
  expect(first![1]).toBeWithin(4900, 5001);
  expect(second![1]).toBeLessThan(10);
  expect(sketch.list()).toHaveLength(MAX_PATHS);
});

test("room is shared: without any left a sketch counts what it has, and one that has nothing counts nothing", () => {
  const room = { left: 1 };
  const [first, second] = [new PathSketch(room), new PathSketch(room)];
  first.add("/a", 2);
  second.add("/b", 1);
  expect([first.list(), second.list()]).toEqual([[["/a", 2]], []]);
  first.end();
  second.add("/b", 1);
  expect([first.list(), second.list()]).toEqual([[], [["/b", 1]]]);
});

test("long paths are cut off", () => {
  const sketch = new PathSketch({ left: 10 });
  sketch.add(`/${"a".repeat(5000)}`, 1);
  expect(sketch.list()[0]![0]).toHaveLength(MAX_TRAFFIC_PATH_LENGTH);
});
