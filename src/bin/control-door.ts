import { within } from "./within.ts";
import type { AnswerControl } from "./listeners.ts";

/** Where requests for the control plane come in, whoever answers them now. */
export interface ControlDoor {
  readonly answer: AnswerControl;
  /** Has requests answered by this from now on, and those that wait. */
  open(answer: AnswerControl): void;
  /** Has requests wait from now on. Resolves once those under way have ended, or after so long. */
  shut(drainMs: number): Promise<void>;
}

/** Nobody waits for longer: the answer is then that the server is starting. */
const MAX_WAIT_MS = 60_000;

/** Opens with one that nobody answers: requests are refused, with `waits` they wait. */
export function createControlDoor(refuse: () => Response, waits: boolean): ControlDoor {
  let underWay = 0;
  let idle = Promise.withResolvers<void>();
  let opened = Promise.withResolvers<AnswerControl>();
  if (!waits) opened.resolve(async () => refuse());

  return {
    async answer(request, address, requestId) {
      const found = await within(MAX_WAIT_MS, opened.promise);
      if (!found) return refuse();
      underWay++;
      try {
        return await found(request, address, requestId);
      } finally {
        if (--underWay === 0) idle.resolve();
      }
    },
    open(answer) {
      opened.resolve(answer);
      opened = Promise.withResolvers();
      opened.resolve(answer);
    },
    async shut(drainMs) {
      opened = Promise.withResolvers();
      idle = Promise.withResolvers();
      if (underWay > 0) await within(drainMs, idle.promise);
    },
  };
}
