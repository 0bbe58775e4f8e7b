import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findContradiction, type Model, type Operation } from "./linearizability.ts";

/** A number that is written and read. */
type Call = { readonly write: number } | { readonly read: number };
const register: Model<number, Call> = {
  initial: 0,
  apply: (state, call) => ("write" in call ? call.write : call.read === state ? state : undefined),
  nameOf: String,
};
const at = (invoked: number, returned: number, call: Call): Operation<Call> => ({ call, invoked, returned });
const isLinearizable = (history: Operation<Call>[]) => findContradiction(history, register) === undefined;

describe("a history is linearizable where", () => {
  const accepted: readonly [string, Operation<Call>[]][] = [
    ["nothing happened", []],
    ["what was written is read after it", [at(0, 1, { write: 1 }), at(2, 3, { read: 1 })]],
    ["a read beside a write sees it", [at(0, 9, { write: 1 }), at(1, 2, { read: 1 })]],
    ["a read beside a write does not see it", [at(0, 9, { write: 1 }), at(1, 2, { read: 0 })]],
    ["a write without an answer is seen", [at(0, Infinity, { write: 1 }), at(5, 6, { read: 1 })]],
    ["a write without an answer is never seen", [at(0, Infinity, { write: 1 }), at(5, 6, { read: 0 })]],
  ];
  test.each(accepted)("%s", (_, history) => expect(isLinearizable(history)).toBe(true));
});

describe("a history is not linearizable where", () => {
  const refused: readonly [string, Operation<Call>[]][] = [
    ["what was written is not read after it", [at(0, 1, { write: 1 }), at(2, 3, { read: 0 })]],
    ["what nobody wrote is read", [at(0, 1, { write: 1 }), at(0, 1, { read: 2 })]],
    ["a write is seen, and then not", [at(0, 9, { write: 1 }), at(1, 2, { read: 1 }), at(3, 4, { read: 0 })]],
    ["a write is seen before it was asked for", [at(0, 1, { read: 1 }), at(2, 3, { write: 1 })]],
  ];
  test.each(refused)("%s", (_, history) => expect(isLinearizable(history)).toBe(false));
});

test("what contradicts is told: as far as the operations have an order, and what cannot come next", () => {
  const history = [at(0, 1, { write: 1 }), at(2, 3, { write: 2 }), at(4, 5, { read: 1 })];
  expect(findContradiction(history, register)).toEqual({
    ordered: [{ write: 1 }, { write: 2 }],
    impossible: [{ read: 1 }],
  });
});

const call = fc.oneof(fc.record({ write: fc.nat(2) }), fc.record({ read: fc.nat(2) }));
const operation = fc
  .record({ call, invoked: fc.nat(12), took: fc.option(fc.nat(8), { nil: Infinity }) })
  .map(({ call, invoked, took }) => at(invoked, invoked + took, call));

/** Tries every order of every choice of the unanswered. */
function hasOrder(left: readonly Operation<Call>[], state: number): boolean {
  if (left.every(({ returned }) => returned === Infinity)) return true;
  return left.some((next) => {
    const rest = left.filter((other) => other !== next);
    const after = rest.some(({ returned }) => returned < next.invoked) ? undefined : register.apply(state, next.call);
    return after !== undefined && hasOrder(rest, after);
  });
}

test("finds an order exactly where trying all of them does", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 6 }), (history) => {
      expect(isLinearizable(history)).toBe(hasOrder(history, 0));
    }),
    { numRuns: 2000 },
  );
});

test("accepts what really happened one after another, however long the answers took", () => {
  const step = fc.record({ call, before: fc.nat(20), after: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let state = 0;
      const history = steps.map(({ call, before, after }, moment) => {
        if ("write" in call) state = call.write;
        const happened = "write" in call ? call : { read: state };
        return at(moment - before, moment + after, happened);
      });
      expect(isLinearizable(history)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
