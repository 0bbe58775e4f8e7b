import { SitepodError, type ErrorCode } from "#model";

/** By the name of each question: what is said with it, and what is answered. All of it is plain data. */
export type Questions = Readonly<Record<string, { readonly says: unknown; readonly answer: unknown }>>;

export type Answers<Q extends Questions> = {
  readonly [Name in keyof Q]: (says: Q[Name]["says"]) => Q[Name]["answer"] | Promise<Q[Name]["answer"]>;
};

/** Two processes that ask each other, by messages that arrive in the order in which they were sent. */
export interface Dialogue<Asked extends Questions> {
  /** Throws what the other side threw, a SitepodError as one; and where it has ended, or ends before it answers. */
  ask<Name extends keyof Asked & string>(name: Name, says: Asked[Name]["says"]): Promise<Asked[Name]["answer"]>;
  /** To be called with each message of the other side. */
  receive(message: unknown): void;
  /** To be called where the other side has ended. */
  end(): void;
}

type Message =
  | { readonly kind: "question"; readonly id: number; readonly name: string; readonly says: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly code: ErrorCode | undefined; readonly message: string };

export function createDialogue<Asked extends Questions, Answered extends Questions>(
  send: (message: unknown) => void,
  answers: Answers<Answered>,
): Dialogue<Asked> {
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  let asked = 0;
  let isEnded = false;

  function end(): void {
    isEnded = true;
    for (const waiter of waiting.values()) waiter.reject(hasEnded());
    waiting.clear();
  }

  /** A process that has just ended can be sent nothing, which is told by throwing. */
  function tell(message: Message): void {
    try {
      if (!isEnded) send(message);
    } catch {
      end();
    }
  }

  async function answer(id: number, name: string, says: unknown): Promise<void> {
    let message: Message;
    try {
      message = { kind: "answer", id, answer: await answers[name]!(says) };
    } catch (error) {
      const code = error instanceof SitepodError ? error.code : undefined;
      message = { kind: "failure", id, code, message: error instanceof Error ? error.message : String(error) };
    }
    tell(message);
  }

  return {
    ask(name, says) {
      if (isEnded) return Promise.reject(hasEnded());
      const id = asked++;
      const waiter = Promise.withResolvers<never>();
      waiting.set(id, waiter);
      tell({ kind: "question", id, name, says });
      return waiter.promise;
    },
    receive(received) {
      const message = received as Message;
      if (message.kind === "question") return void answer(message.id, message.name, message.says);
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === "answer") waiter?.resolve(message.answer as never);
      else waiter?.reject(message.code ? new SitepodError(message.code, message.message) : new Error(message.message));
    },
    end,
  };
}

const hasEnded = () => new Error("The process that was asked has ended");
