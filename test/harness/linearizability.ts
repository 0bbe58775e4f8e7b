/** One operation on a shared object, as its client saw it. Times are of one clock, in any unit. */
export interface Operation<Call> {
  readonly call: Call;
  readonly invoked: number;
  /** Infinity where no answer came: it may have taken effect at any time since, or never. */
  readonly returned: number;
}

/** What the object is to its users: a state, and which operation may happen in which. */
export interface Model<State, Call> {
  readonly initial: State;
  /** The state after the call; undefined where its answer is none that this state can give. */
  apply(state: State, call: Call): State | undefined;
  /** Tells states apart. */
  nameOf(state: State): string;
}

/** Why a history has no order: as far as the best one went, and what could not come next. */
export interface Contradiction<Call> {
  readonly ordered: readonly Call[];
  readonly impossible: readonly Call[];
}

/** A history that takes more is not decided: it would take all memory first. */
const MAX_POSITIONS = 1_000_000;

/**
 * Looks for an order of the operations in which each takes effect at one moment between its call and its answer: a
 * linearization (Herlihy and Wing, 1990). The search is Wing and Gong's with Lowe's memory of what was tried (2017).
 * Returns undefined where there is one.
 */
export function findContradiction<State, Call>(
  history: readonly Operation<Call>[],
  model: Model<State, Call>,
): Contradiction<Call> | undefined {
  const operations = history
    .toSorted((a, b) => a.invoked - b.invoked)
    .map((operation) => ({
      ...operation,
      kind: operation.returned === Infinity ? JSON.stringify(operation.call) : undefined,
    }));
  const isTaken: boolean[] = operations.map(() => false);
  const order: Call[] = [];
  const tried = new Set<string>();
  let best: Contradiction<Call> | undefined;

  /** Of calls without an answer that are the same, it makes no difference which took effect: the first is tried. */
  function isFirstOfItsKind(index: number): boolean {
    const { returned, kind } = operations[index]!;
    return returned !== Infinity || !operations.some((other, at) => at < index && !isTaken[at] && other.kind === kind);
  }

  function canFinish(state: State): boolean {
    const next = findNext(operations, isTaken);
    if (next.every((index) => operations[index]!.returned === Infinity)) return true;
    const position = `${model.nameOf(state)} ${describeTaken(isTaken)}`;
    if (tried.has(position)) return false;
    tried.add(position);
    if (tried.size > MAX_POSITIONS) throw new Error(`No order was found among the first ${MAX_POSITIONS} tried`);
    for (const index of next.filter(isFirstOfItsKind)) {
      const { call } = operations[index]!;
      const after = model.apply(state, call);
      if (after === undefined) continue;
      isTaken[index] = true;
      order.push(call);
      if (canFinish(after)) return true;
      order.pop();
      isTaken[index] = false;
    }
    if (order.length >= (best?.ordered.length ?? 0)) {
      best = { ordered: [...order], impossible: next.map((index) => operations[index]!.call) };
    }
    return false;
  }

  return canFinish(model.initial) ? undefined : best;
}

/** The operations that may be next: those that were called before any other that is left was answered. */
function findNext<Call>(operations: readonly Operation<Call>[], isTaken: readonly boolean[]): number[] {
  const next: number[] = [];
  let firstAnswer = Infinity;
  for (let index = isTaken.indexOf(false); index >= 0 && index < operations.length; index++) {
    const { invoked, returned } = operations[index]!;
    if (invoked > firstAnswer) break;
    if (isTaken[index]) continue;
    next.push(index);
    firstAnswer = Math.min(firstAnswer, returned);
  }
  return next;
}

/** All are taken before the first that is not, and few after it: an answer ends how long the others may wait. */
function describeTaken(isTaken: readonly boolean[]): string {
  const first = isTaken.indexOf(false);
  const last = isTaken.lastIndexOf(true);
  const rest = isTaken.slice(first, Math.max(first, last + 1));
  return `${first} ${rest.map(Number).join("")}`;
}
