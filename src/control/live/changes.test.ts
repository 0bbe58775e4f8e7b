import { expect, test } from "bun:test";
import { createChanges, type Heard } from "./changes.ts";

const change = (action: string, workspaceId = "w1"): Heard => ({ project: "shop", action, workspaceId, userId: null });
const everything = () => true;
const noWake = () => {};

/** The events that are read now, each as its id and its name or action. */
function read(feed: { read(): Uint8Array | undefined }): string[] {
  const text = new TextDecoder().decode(feed.read());
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      const [, id, name, data] = /^id: (\S+)\nevent: (\S+)\ndata: (.*)$/.exec(event)!;
      return `${id} ${name === "change" ? JSON.parse(data!).action : name}`;
    });
}

test("who comes anew hears what is told from then on", () => {
  const changes = createChanges("a");
  changes.tell(change("before"));
  const feed = changes.feed(everything, undefined, noWake);
  expect(read(feed)).toEqual(["a.1 hello"]);
  changes.tell(change("after"));
  expect(read(feed)).toEqual(["a.2 after"]);
  expect(read(feed)).toEqual([]);
});

test("who comes back hears what came since, once", () => {
  const changes = createChanges("a");
  for (const action of ["one", "two", "three"]) changes.tell(change(action));
  expect(read(changes.feed(everything, "a.1", noWake))).toEqual(["a.2 two", "a.3 three"]);
  expect(read(changes.feed(everything, "a.3", noWake))).toEqual([]);
});

test.each(["b.1", "a.99", "a.", "nonsense", "a.-1", ""])("who comes with an id of elsewhere is told so: %p", (id) => {
  const changes = createChanges("a");
  changes.tell(change("one"));
  expect(read(changes.feed(everything, id, noWake))).toEqual(["a.1 reset"]);
});

test("who was away too long, or reads too slowly, is told that something is missing", () => {
  const changes = createChanges("a");
  const slow = changes.feed(everything, undefined, noWake);
  for (let i = 0; i < 1500; i++) changes.tell(change("many"));
  expect(read(slow)).toEqual(["a.1500 reset"]);
  expect(read(changes.feed(everything, "a.3", noWake))).toEqual(["a.1500 reset"]);
  expect(read(changes.feed(everything, "a.500", noWake))).toHaveLength(1000);
});

test("changes of other workspaces are not heard of", () => {
  const changes = createChanges("a");
  const feed = changes.feed(({ workspaceId }) => workspaceId === "w2", "a.0", noWake);
  changes.tell(change("theirs"));
  changes.tell(change("ours", "w2"));
  expect(read(feed)).toEqual(["a.2 ours"]);
});

test("a feed wakes its stream until it has ended", () => {
  const changes = createChanges("a");
  let woken = 0;
  const feed = changes.feed(everything, undefined, () => woken++);
  changes.tell(change("one"));
  feed.end();
  changes.tell(change("two"));
  expect(woken).toBe(1);
});
