import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { printable } from "./printable.ts";

/** Questions to a person. Each throws a Failure of `interrupted` when the person presses Ctrl-C. */
const load = () => import("@clack/prompts");
type Clack = Awaited<ReturnType<typeof load>>;

async function ask<T>(
  context: Context,
  question: (clack: Clack, streams: Streams) => Promise<T>,
): Promise<Exclude<T, symbol>> {
  const clack = await load();
  const { stdin, stderr, signal } = context.world;
  context.report.clear();
  const answer = await question(clack, { input: stdin, output: stderr, signal, withGuide: false });
  if (clack.isCancel(answer)) throw new Failure("interrupted", "Interrupted.");
  return answer as Exclude<T, symbol>;
}

interface Streams {
  readonly input: Context["world"]["stdin"];
  readonly output: Context["world"]["stderr"];
  readonly signal: AbortSignal;
  readonly withGuide: boolean;
}

export interface TextQuestion {
  readonly message: string;
  readonly initial?: string;
  /** Returns what is wrong with an answer, or undefined. */
  readonly check?: (answer: string) => string | undefined;
}

export async function askText(context: Context, { message, initial, check }: TextQuestion): Promise<string> {
  return await ask(context, (clack, streams) =>
    clack.text({
      ...streams,
      message: printable(message),
      ...(initial === undefined ? {} : { initialValue: initial }),
      validate: (answer) => check?.(answer ?? ""),
    }),
  );
}

export async function askPassword(context: Context, { message, check }: TextQuestion): Promise<string> {
  return await ask(context, (clack, streams) =>
    clack.password({ ...streams, message: printable(message), validate: (answer) => check?.(answer ?? "") }),
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

const toShown = (choice: Choice): Choice => ({
  ...choice,
  label: printable(choice.label),
  ...(choice.hint === undefined ? {} : { hint: printable(choice.hint) }),
});

export async function askChoice(context: Context, message: string, choices: readonly Choice[]): Promise<string> {
  return await ask(context, (clack, streams) =>
    clack.select<string>({ ...streams, message: printable(message), options: choices.map(toShown), maxItems: 12 }),
  );
}

export async function askYesNo(context: Context, message: string): Promise<boolean> {
  return await ask(context, (clack, streams) =>
    clack.confirm({ ...streams, message: printable(message), initialValue: false }),
  );
}

/**
 * Makes sure that something is wanted. Throws a Failure: `usage` where nobody is there to ask and `--yes` is missing,
 * `interrupted` where the answer is no.
 */
export async function requireYes(context: Context, question: string): Promise<void> {
  if (context.flags.yes) return;
  if (!context.isInteractive)
    throw new Failure("usage", `Not confirmed: ${question}`, { next: "Add --yes if that is what you want." });
  if (!(await askYesNo(context, question))) throw new Failure("interrupted", "Nothing was changed.");
}

/** The same for what a program may do unasked: who is there is asked, and nobody else waits for an answer. */
export async function confirmWhereAsked(context: Context, question: string): Promise<void> {
  if (context.isInteractive) await requireYes(context, question);
}

/** Makes sure that something irrevocable is meant, by having its name typed. Throws a Failure where it is not. */
export async function requireName(context: Context, question: string, name: string): Promise<void> {
  if (context.flags.yes) return;
  if (!context.isInteractive)
    throw new Failure("usage", `Not confirmed: ${question}`, { next: "Add --yes if that is what you want." });
  await askText(context, {
    message: `${question}\nType ${name} to confirm`,
    check: (answer) => (answer === name ? undefined : `Type ${name}, or press Ctrl-C`),
  });
}
