import { SitepodError } from "#model";
import { createDialogue, type Dialogue } from "./dialogue.ts";
import type { Ports } from "./edge-messages.ts";

/** What a process asks that takes the place of the one before it, which started it. */
export type SuccessionQuestions = {
  /** Let go of what only one process may have. Answered once that is so, by the ports where both listen then. */
  readonly takeOver: { readonly says: null; readonly answer: Ports };
  /** A document has changed. */
  readonly changed: { readonly says: string; readonly answer: null };
  /** All is served here: requests for the control plane go to that socket, where there is one. */
  readonly ready: { readonly says: string | null; readonly answer: null };
};

/** The process whose place is taken. */
export interface Predecessor {
  /** Throws where it has ended meanwhile. */
  takeOver(): Promise<Ports>;
  changed(key: string): void;
  ready(controlSocket: string | null): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Says to a process that it was started to take the place of the one that started it. */
export const SUCCESSION_VARIABLE = "SITEPOD_SUCCESSION";

/** Undefined where this process takes nobody's place. */
export function findPredecessor(env: NodeJS.ProcessEnv): Predecessor | undefined {
  const isTold = env[SUCCESSION_VARIABLE] !== undefined;
  delete env[SUCCESSION_VARIABLE];
  if (!isTold || !process.send) return undefined;
  const ended = Promise.withResolvers<void>();
  const dialogue: Dialogue<SuccessionQuestions> = createDialogue((message) => process.send!(message), {});
  process.on("message", (message) => dialogue.receive(message));
  process.on("disconnect", () => {
    dialogue.end();
    ended.resolve();
  });
  return {
    ended: ended.promise,
    takeOver: () => dialogue.ask("takeOver", null),
    changed: (key) => void dialogue.ask("changed", key).catch(() => {}),
    ready: async (socket) => void (await dialogue.ask("ready", socket)),
  };
}

/** What is thrown at whoever still wants to change something where another process has taken over. */
export const hasSuccessor = (): SitepodError =>
  new SitepodError("unavailable", "The server was restarted meanwhile. Send the same again.", { retryAfterS: 1 });
