import { expect, test } from "bun:test";
import { decideRecheck, GRACE_MS } from "./recheck-decision.ts";

const NOW_MS = Date.UTC(2030, 0, 10);
const agoMs = (ms: number) => new Date(NOW_MS - ms).toISOString();
const keep = (missingSince: string | null) => ({ kind: "keep", missingSince }) as const;

test.each([
  ["a proof that is there is kept", null, "found", keep(null)],
  ["one that has come back is forgiven", agoMs(GRACE_MS * 2), "found", keep(null)],
  ["one that has gone begins the grace period", null, "absent", keep(agoMs(0))],
  ["one still gone within it is kept", agoMs(GRACE_MS - 1), "absent", keep(agoMs(GRACE_MS - 1))],
  ["one still gone after it is released", agoMs(GRACE_MS), "absent", { kind: "release" }],
  ["no answer begins nothing", null, "unknown", keep(null)],
  ["no answer ends nothing", agoMs(GRACE_MS * 9), "unknown", keep(agoMs(GRACE_MS * 9))],
] as const)("%s", (_, missingSince, proof, expected) => {
  expect(decideRecheck(missingSince, proof, NOW_MS)).toEqual(expected);
});
